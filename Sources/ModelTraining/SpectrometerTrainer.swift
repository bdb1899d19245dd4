import MaterialModel
import SmallNumerics
import Vocabulary

/// Learns a spectrometer's model from measured objects: discriminant for the class, kernel ridge for novelty.
struct SpectrometerTrainer: Sendable {
    /// The frozen configuration. It was chosen once, by nested leave-one-object-out; see docs/classification.md.
    enum Frozen {
        static let classShrinkage = 0.01
        static let noveltyShrinkage = 0.1
        /// Relative error of the white reference per channel that both parts are made robust against.
        static let referenceError = 0.02
        /// Gamma times the median squared distance.
        static let noveltyWidth = 3.0
        static let noveltyRidge = 0.1
        static let smoothing = 0.01
        /// So many of the known objects are refused.
        static let refusedShare = 0.04
        static let leastContrast = 0.0055
        static let leastBrightness = 0.04
        static let leastFibreCorrelation = 0.8
        /// Temperatures that are tried: so many, evenly on a logarithmic scale from 1 to the greatest.
        static let temperatures = 80
        static let greatestTemperature = 60.0
    }

    /// An object as it is learned from.
    struct Item: Sendable {
        var name: String
        var label: ObjectLabel
        var placements: [PlacementFeatures]
        var mean: [Double]
        /// Of its placements about their mean, each with the same share.
        var scatter: Matrix
        /// Sum over the placements of 1 / contrast², for the error of the features.
        var errorScale: Double
        /// How many of its placements, from the first on, are of one session: what a station could see of it.
        var together: Int
    }

    /// A left-out item's own class, as a model sees it that was learned without it.
    private struct Outside {
        var place: Int
        var whole: SpectrometerPredictor.Scores
        /// By the number of placements: for each choice of so many.
        var choices: [[SpectrometerPredictor.Scores]]
    }

    let preprocessing: SpectrometerPreprocessing
    private let errorCovariance: Matrix
    /// Sorted by name; those without a label are not among them.
    let items: [Item]
    private let fibre: [Double]

    /// - Throws: a sentence if there is too little to learn from.
    init(objects: [MeasuredObject], channels: [Double]) throws(TrainingError) {
        preprocessing = .frozen(channelsNanometres: channels)
        guard let prepared = preprocessing.prepared else {
            throw TrainingError("\(channels.count) channels are too few for the spectrometer's preprocessing.")
        }
        errorCovariance = prepared.errorCovariance
        fibre = prepared.features(of: AssumedFibre.curve(at: channels)).values
        items = objects.filter { $0.label != .unlabelled }.map { object in
            Item(object, placements: object.scans.map { prepared.features(of: $0.values) })
        }
        for (place, material) in SpectraFile.classes.enumerated() {
            let count = items.count(where: { $0.label == .known(place) })
            guard count >= 3 else {
                throw TrainingError(
                    "The class \(material.rawValue) has \(count) objects to learn from, at least 3 are needed. Train "
                        + "with more data.")
            }
        }
    }

    /// The model of all items but some, with everything that it is used with chosen from those alone.
    func train(without excluded: Set<String> = []) -> SpectralModel? {
        let used = items.filter { !excluded.contains($0.name) }
        let known = used.indices.filter { used[$0].label.place != nil }
        var outside: [Outside] = []
        for place in known {
            var others = used
            let item = others.remove(at: place)
            guard let predictor = predictor(of: others), let label = item.label.place else { return nil }
            outside.append(
                Outside(
                    place: label, whole: predictor.scores(of: item.mean),
                    choices: placementChoices(of: item.together).map { choices in
                        choices.map { choice in
                            predictor.scores(of: mean(ofVectors: choice.map { item.placements[$0].values }))
                        }
                    }))
        }
        guard let predictor = predictor(of: used),
            let threshold = OrderStatistics.quantile(outside.map(\.whole.novelty), Frozen.refusedShare)
        else { return nil }
        let temperature = Self.temperature(outside.map(\.whole.logProbabilities), places: outside.map(\.place))
        let parameters = SpectrometerParameters(
            preprocessing: preprocessing, predictor: predictor, temperature: temperature,
            smoothing: Frozen.smoothing, leastNovelty: threshold, leastContrast: Frozen.leastContrast,
            assumedFibre: assumedFibre(used))
        let limits = Self.exclusionLimits(outside, parameters)
        return SpectralModel(content(used, .spectrometer(parameters), excludedBelow: limits), hash: "")
    }

    /// By the number of placements, what a class is excluded below: of readings that are familiar, because no other
    /// excludes one. As far as there are items with so many placements.
    private static func exclusionLimits(_ outside: [Outside], _ parameters: SpectrometerParameters) -> [Double] {
        (0..<ModelContent.placementLimit).compactMap { number in
            guard outside.contains(where: { !$0.choices[number].isEmpty }) else { return nil }
            let least = outside.compactMap { item in
                item.choices[number].filter { $0.novelty >= parameters.leastNovelty }.map { scores in
                    calibrated(
                        scores.logProbabilities, temperature: parameters.temperature,
                        smoothing: parameters.smoothing)[item.place]
                }.min()
            }
            return exclusionLimit(least)
        }
    }

    /// The two parts that look at features, learned from some items.
    func predictor(of items: [Item]) -> SpectrometerPredictor? {
        let known = items.filter { $0.label.place != nil }
        let classes = SpectraFile.classes.indices
        let means = classes.map { place in mean(ofVectors: known.filter { $0.label.place == place }.map(\.mean)) }
        let size = preprocessing.featureCount
        // Scatter of item means about their class, and of placements about their item.
        var between = Matrix(rows: size, columns: size)
        var within = between
        for item in known {
            guard let place = item.label.place else { continue }
            between.addOuter(zip(item.mean, means[place]).map { $0 - $1 })
            within.add(item.scatter)
        }
        let freedom = 1 / Double(max(known.count - classes.count, 1))
        within.add(between)
        let scans = known.reduce(0) { $0 + $1.placements.count }
        let errorScale = known.reduce(0) { $0 + $1.errorScale } / Double(max(scans, 1))
        let error = Frozen.referenceError * Frozen.referenceError * errorScale
        var classCovariance = within.scaled(by: freedom).shrunk(by: Frozen.classShrinkage)
        classCovariance.add(errorCovariance, weight: error)
        var noveltyCovariance = between.scaled(by: freedom).shrunk(by: Frozen.noveltyShrinkage)
        noveltyCovariance.add(errorCovariance, weight: error)
        guard let discriminant = Discriminant(means: Matrix(means), covariance: classCovariance),
            let novelty = novelty(items, covariance: noveltyCovariance)
        else { return nil }
        return SpectrometerPredictor(discriminant: discriminant, novelty: novelty)
    }

    private func novelty(_ items: [Item], covariance: Matrix) -> KernelScorer? {
        guard let factor = Cholesky(covariance) else { return nil }
        let whitening = LowerTriangle(of: factor.inverseLower())
        let points = Matrix(items.map { whitening.times($0.mean) })
        let distances = KernelRidge.squaredDistances(points)
        let known = items.indices.filter { items[$0].label.place != nil }
        var among = Matrix(rows: known.count, columns: known.count)
        for (row, left) in known.enumerated() {
            for (column, right) in known.enumerated() { among[row, column] = distances[left, right] }
        }
        guard let median = OrderStatistics.median(ofDistances: among), median > 0 else { return nil }
        let gamma = Frozen.noveltyWidth / median
        // Foreign things are of no class: they pull the score down where they are.
        var targets = Matrix(rows: items.count, columns: SpectraFile.classes.count)
        for (index, item) in items.enumerated() {
            if let place = item.label.place { targets[index, place] = 1 }
        }
        let ridge = [Double](repeating: Frozen.noveltyRidge, count: items.count)
        return KernelScorer.fitted(
            whitening: whitening, gamma: gamma, points: points, distances: distances,
            groups: [Int](repeating: 1, count: items.count), ridge: ridge, targets: targets)
    }

    /// The temperature of the least log loss.
    static func temperature(_ logs: [[Double]], places: [Int]) -> Double {
        let steps = Double(Frozen.temperatures - 1)
        let tried = (0..<Frozen.temperatures).map { step in
            power(Frozen.greatestTemperature, Double(step) / steps)
        }
        let losses = tried.map { temperature in
            logLoss(
                logs.map { calibrated($0, temperature: temperature, smoothing: Frozen.smoothing) }, places: places)
        }
        return tried[placeOfGreatest(losses.map { -$0 })]
    }

    private func assumedFibre(_ items: [Item]) -> SpectrometerParameters.AssumedCurve {
        let placements = items.flatMap { $0.placements.map(\.values) }
        let greatest = placements.map { dot($0, fibre) / Double(fibre.count) }.max() ?? 0
        return SpectrometerParameters.AssumedCurve(
            origin: AssumedFibre.origin, leastCorrelation: Frozen.leastFibreCorrelation,
            greatestMeasuredCorrelation: greatest, values: fibre)
    }

    private func content(
        _ items: [Item], _ parameters: SpectralModel.Parameters, excludedBelow: [Double]
    ) -> ModelContent {
        let placements = items.flatMap(\.placements)
        return ModelContent(
            bandsNanometres: NIRHeadKind.spectrometer.bandsNanometres,
            classes: classStatistics(items.map { ($0.label, $0.mean) }),
            limits: ModelContent.Limits(
                leastBrightness: Frozen.leastBrightness,
                leastStructure: leastStructure(placements, Frozen.leastBrightness),
                familiarShare: 1 - Frozen.refusedShare, foreignFamiliarShare: Frozen.refusedShare,
                excludedBelow: excludedBelow),
            parameters: parameters, training: .none, evaluation: .none)
    }
}

extension SpectrometerTrainer.Item {
    init(_ object: MeasuredObject, placements: [PlacementFeatures]) {
        let centre = SmallNumerics.mean(ofVectors: placements.map(\.values))
        var scatter = Matrix(rows: centre.count, columns: centre.count)
        for placement in placements {
            scatter.addOuter(zip(placement.values, centre).map { $0 - $1 }, weight: 1 / Double(placements.count))
        }
        self.init(
            name: object.name, label: object.label, placements: placements, mean: centre, scatter: scatter,
            errorScale: placements.reduce(0) { $0 + 1 / ($1.contrast * $1.contrast + 1e-30) },
            together: object.scans.prefix { $0.session == object.scans[0].session }.count)
    }
}
