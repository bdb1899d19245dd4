import MaterialModel
import SmallNumerics

/// Learns an 8-LED head's model from measured objects: two kernel regressions that are averaged.
struct LEDTrainer: Sendable {
    /// The frozen configuration. It was chosen once, by nested leave-one-object-out; see docs/classification.md.
    enum Frozen {
        /// The session that the figures are of: the board and the time that a station's head stands for. Its items
        /// alone give covariance and width.
        static let mainSession = "2023-04-18_items"
        /// Other boards and times, which are learned from with less weight.
        static let otherSessions = [
            "2023-05-22_boxA_2V5", "2023-05-23_boxA_3V3", "2023-09-13_boxC", "2022-10-11_rescan",
        ]
        static let shrinkage = 0.02
        /// Gamma times the median squared distance.
        static let width = 2.0
        static let mainRidge = 0.1
        static let otherRidge = 0.3
        static let leastScore = 1e-3
        static let leastBrightness = 0.04
        /// Calibration and threshold come from so many divisions into so many parts.
        static let foldRepeats = 4
        static let folds = 10
        /// Exponents that are tried, with each of the shares that are spread over all classes.
        static let sharpenings = (0...45).map { 0.5 + 0.1 * Double($0) }
        static let smoothings = [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.15, 0.2]
    }

    /// One object in one session: what a board saw of it.
    struct Instance: Sendable {
        var object: String
        var place: Int
        var isMain: Bool
        var placements: [[Double]]
        var features: [PlacementFeatures]
        var mean: [Double]
    }

    let preprocessing = LEDPreprocessing.frozen
    let instances: [Instance]
    let seed: UInt64

    /// - Throws: a sentence if there is too little to learn from.
    init(objects: [MeasuredObject], seed: UInt64) throws(TrainingError) {
        self.seed = seed
        let preprocessing = preprocessing
        var instances: [Instance] = []
        for session in [Frozen.mainSession] + Frozen.otherSessions {
            for object in objects {
                guard let place = object.label.place else { continue }
                let scans = object.scans.filter { $0.session == session }
                guard !scans.isEmpty else { continue }
                let features = scans.map { preprocessing.features(of: $0.values) }
                instances.append(
                    Instance(
                        object: object.name, place: place, isMain: session == Frozen.mainSession,
                        placements: features.map(\.values), features: features,
                        mean: SmallNumerics.mean(ofVectors: features.map(\.values))))
            }
        }
        self.instances = instances
        for (place, material) in SpectraFile.classes.enumerated() {
            let count = instances.count(where: { $0.isMain && $0.place == place })
            guard count >= 3 else {
                throw TrainingError(
                    "The class \(material.rawValue) has \(count) objects of the session \(Frozen.mainSession) to learn "
                        + "from, at least 3 are needed: the 8-LED head's configuration is frozen for that session.")
            }
        }
    }

    /// The model of all objects but some, with everything that it is used with chosen from those alone.
    func train(without excluded: Set<String> = []) -> SpectralModel? {
        let used = instances.filter { !excluded.contains($0.object) }
        guard let predictor = predictor(of: used) else { return nil }
        var outside: [[LEDOutside]] = []
        for number in 0..<Frozen.foldRepeats {
            guard let judged = outsideFolds(used, number: number) else { return nil }
            outside.append(judged)
        }
        let calibrations = LEDCalibration.learned(outside)
        let parameters = LEDParameters(
            preprocessing: preprocessing, predictor: predictor, calibrations: calibrations)
        let limits = LEDCalibration.exclusionLimits(outside, calibrations)
        return SpectralModel(content(used, parameters, excludedBelow: limits), hash: "")
    }

    /// Every main object judged by a model without its tenth of them. Objects of other sessions alone are in all.
    private func outsideFolds(_ used: [Instance], number: Int) -> [LEDOutside]? {
        let main = used.filter(\.isMain)
        let folds = Self.folds(of: main.map(\.place), seed: seed &+ UInt64(number))
        let foldOfObject = Dictionary(uniqueKeysWithValues: zip(main.map(\.object), folds))
        var outside: [LEDOutside] = []
        for fold in 0..<Frozen.folds {
            let tested = zip(main, folds).filter { $0.1 == fold }.map(\.0)
            guard !tested.isEmpty else { continue }
            guard let predictor = predictor(of: used.filter { foldOfObject[$0.object] != fold }) else { return nil }
            outside += tested.map { instance in
                LEDOutside(
                    object: instance.object, place: instance.place,
                    scores: placementChoices(of: instance.placements.count).map { choices in
                        choices.map { choice in predictor.scores(of: choice.map { instance.placements[$0] }).both }
                    })
            }
        }
        return outside
    }

    /// A part for each object, each class spread evenly over the parts.
    static func folds(of places: [Int], seed: UInt64) -> [Int] {
        var random = SplitMix64(seed: seed)
        var folds = [Int](repeating: 0, count: places.count)
        for place in SpectraFile.classes.indices {
            let members = places.indices.filter { places[$0] == place }
            let order = random.permutation(members.count)
            let first = random.below(Frozen.folds)
            for (rank, member) in order.enumerated() { folds[members[member]] = (rank + first) % Frozen.folds }
        }
        return folds
    }

    func predictor(of used: [Instance]) -> LEDPredictor? {
        let ridge = used.map { $0.isMain ? Frozen.mainRidge : Frozen.otherRidge }
        let share = 1 / Double(SpectraFile.classes.count)
        var targets = Matrix(rows: used.count, columns: SpectraFile.classes.count)
        for (row, instance) in used.enumerated() {
            for column in 0..<targets.columns { targets[row, column] = (column == instance.place ? 1 : 0) - share }
        }
        guard let ofMean = scorerOfMean(used, ridge: ridge, targets: targets),
            let ofPlacements = scorerOfPlacements(used, ridge: ridge, targets: targets)
        else { return nil }
        return LEDPredictor(ofMean: ofMean, ofPlacements: ofPlacements, leastScore: Frozen.leastScore)
    }

    /// The inverse factor of the main items' covariance within their classes, of their first `size` features.
    private func whitening(_ used: [Instance], size: Int) -> LowerTriangle? {
        let main = used.filter(\.isMain)
        let means = SpectraFile.classes.indices.map { place in
            mean(ofVectors: main.filter { $0.place == place }.map { Array($0.mean.prefix(size)) })
        }
        var covariance = Matrix(rows: size, columns: size)
        for instance in main { covariance.addOuter(zip(instance.mean, means[instance.place]).map { $0 - $1 }) }
        covariance = covariance.scaled(by: 1 / Double(max(main.count - means.count, 1)))
        // The standard normal variate makes it singular; this mends it.
        covariance.addToDiagonal(Frozen.shrinkage * covariance.trace / Double(size))
        return Cholesky(covariance).map { LowerTriangle(of: $0.inverseLower()) }
    }

    private func scorerOfMean(_ used: [Instance], ridge: [Double], targets: Matrix) -> KernelScorer? {
        guard let whitening = whitening(used, size: preprocessing.featureCount) else { return nil }
        let points = Matrix(used.map { whitening.times($0.mean) })
        let distances = KernelRidge.squaredDistances(points)
        let main = used.indices.filter { used[$0].isMain }
        var among = Matrix(rows: main.count, columns: main.count)
        for (row, left) in main.enumerated() {
            for (column, right) in main.enumerated() { among[row, column] = distances[left, right] }
        }
        guard let median = OrderStatistics.median(ofDistances: among), median > 0 else { return nil }
        return KernelScorer.fitted(
            whitening: whitening, gamma: Frozen.width / median, points: points, distances: distances,
            groups: [Int](repeating: 1, count: used.count), ridge: ridge, targets: targets)
    }

    private func scorerOfPlacements(_ used: [Instance], ridge: [Double], targets: Matrix) -> KernelScorer? {
        let size = preprocessing.featureCount - 1
        guard let whitening = whitening(used, size: size) else { return nil }
        let points = Matrix(used.flatMap { $0.placements.map { whitening.times(Array($0.prefix(size))) } })
        let distances = KernelRidge.squaredDistances(points)
        guard let median = OrderStatistics.median(ofDistances: distances), median > 0 else { return nil }
        return KernelScorer.fitted(
            whitening: whitening, gamma: Frozen.width / median, points: points, distances: distances,
            groups: used.map(\.placements.count), ridge: ridge, targets: targets)
    }

    private func content(
        _ used: [Instance], _ parameters: LEDParameters, excludedBelow: [Double]
    ) -> ModelContent {
        let main = used.filter(\.isMain)
        return ModelContent(
            bandsNanometres: preprocessing.bandsNanometres,
            classes: classStatistics(main.map { (.known($0.place), $0.mean) }),
            limits: ModelContent.Limits(
                leastBrightness: Frozen.leastBrightness,
                leastStructure: leastStructure(main.flatMap(\.features), Frozen.leastBrightness),
                // There is no test of novelty: everything that can be read is taken for one of the classes.
                familiarShare: 0.99, foreignFamiliarShare: 0.98, excludedBelow: excludedBelow),
            parameters: .led8(parameters), training: .none, evaluation: .none)
    }
}
