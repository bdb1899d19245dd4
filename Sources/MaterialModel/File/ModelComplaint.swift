extension ModelFile {
    /// The first thing that is wrong with a model, nil if it can be used.
    public static func complaint(_ content: ModelContent) -> String? {
        let bands = content.bandsNanometres
        if !(8...bandLimit).contains(bands.count) { return "\(bands.count) bands, 8 to \(bandLimit) allowed" }
        if zip(bands, bands.dropFirst()).contains(where: { !($0 < $1) }) { return "bandsNanometres must ascend" }
        let classes = content.classes
        if !(2...classLimit).contains(classes.count) { return "\(classes.count) classes, 2 to \(classLimit) allowed" }
        if Set(classes.map(\.material)).count != classes.count { return "a material occurs twice among the classes" }
        let features: Int
        let numbers: [Double]
        switch content.parameters {
        case .spectrometer(let parameters):
            if let complaint = parameters.complaint(classes: classes.count) { return "spectrometer: \(complaint)" }
            (features, numbers) = (parameters.preprocessing.featureCount, parameters.numbers)
        case .led8(let parameters):
            if let complaint = parameters.complaint(classes: classes.count) { return "led8: \(complaint)" }
            if parameters.preprocessing.bandsNanometres != bands { return "led8: its bands are not the head's" }
            (features, numbers) = (parameters.preprocessing.featureCount, parameters.numbers)
        }
        for entry in classes where entry.mean.count != features || entry.spread.count != features {
            return "class \(entry.material.rawValue) has \(entry.mean.count) means and \(entry.spread.count) spreads "
                + "instead of \(features)"
        }
        let all = numbers + classes.flatMap { $0.mean + $0.spread } + bands
        let tooGreat = all.count(where: { !(abs($0) <= magnitudeLimit) })
        if tooGreat > 0 { return "\(tooGreat) numbers exceed \(magnitudeLimit)" }
        return complaint(content.limits)
    }

    private static func complaint(_ limits: ModelContent.Limits) -> String? {
        if !(limits.familiarShare > 0.5 && limits.familiarShare < 1) {
            return "familiarShare is \(limits.familiarShare), must be between 0.5 and 1"
        }
        if !(limits.foreignFamiliarShare > 0 && limits.foreignFamiliarShare < 1) {
            return "foreignFamiliarShare is \(limits.foreignFamiliarShare), must be between 0 and 1"
        }
        if !(limits.leastBrightness > 0 && limits.leastBrightness < 1) {
            return "leastBrightness is \(limits.leastBrightness), must be between 0 and 1"
        }
        if !(1...ModelContent.placementLimit).contains(limits.excludedBelow.count) {
            return "excludedBelow has \(limits.excludedBelow.count) numbers, 1 to \(ModelContent.placementLimit) "
                + "allowed"
        }
        let greatest = ModelContent.Limits.greatestExclusion
        if let wrong = limits.excludedBelow.first(where: { !(0...greatest).contains($0) }) {
            return "excludedBelow has \(wrong), must be from 0 to \(greatest)"
        }
        return limits.leastStructure > 0 ? nil : "leastStructure is \(limits.leastStructure), must be greater than 0"
    }
}
