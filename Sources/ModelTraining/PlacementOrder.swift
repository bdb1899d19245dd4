import MaterialModel
import SmallNumerics

/// One order in which a station could meet placements of an object that the model never saw.
public struct PlacementOrder: Codable, Hashable, Sendable {
    /// What is found by the first few placements together.
    public struct Step: Codable, Hashable, Sendable {
        public var confidence: Double
        public var novelty: Double?
        public var isRight: Bool
        public var isDecided: Bool
        /// The reading alone says that the object cannot be of its own class, or that it is of two.
        public var excludesOwn: Bool

        var judged: Judged {
            Judged(confidence: confidence, novelty: novelty, isRight: isRight, isDecided: isDecided)
        }
    }

    public var object: String
    /// By one placement, by two, and so on, as many as there are.
    public var steps: [Step]

    /// Each object has so many orders, so that each counts alike: as many as three placements have; those of fewer are
    /// repeated.
    static let ordersPerObject = 6

    /// Of the first three scans of one session; none for an object of no class.
    static func all(of object: MeasuredObject, _ model: SpectralModel) -> [PlacementOrder] {
        guard let place = object.label.place, let session = object.scans.first?.session else { return [] }
        let scans = object.scans.filter { $0.session == session }.map(\.values)
        var found: [[Int]: Step] = [:]
        for choice in placementChoices(of: scans.count).joined() {
            found[choice] = Step(model.judge(reflectances: choice.map { scans[$0] }), place: place)
        }
        let orders = Self.orders(of: Array(0..<min(scans.count, ModelContent.placementLimit)))
        return (0..<ordersPerObject).map { number in
            let order = orders[number % orders.count]
            return PlacementOrder(
                object: object.name, steps: order.indices.compactMap { found[order[...$0].sorted()] })
        }
    }

    private static func orders(of places: [Int]) -> [[Int]] {
        guard places.count > 1 else { return [places] }
        return places.flatMap { first in orders(of: places.filter { $0 != first }).map { [first] + $0 } }
    }

    /// After how many placements the station stops: with the first that decides, or with the last.
    var stop: Int { (steps.firstIndex(where: \.isDecided) ?? steps.count - 1) + 1 }
}

extension PlacementOrder.Step {
    init(_ judgement: SpectralJudgement, place: Int) {
        let named = judgement.probabilities.isEmpty ? nil : placeOfGreatest(judgement.probabilities)
        let excludesOwn: Bool
        switch judgement.reading {
        case .familiar(let probabilities, let excludedBelow): excludesOwn = probabilities[place] < excludedBelow
        case .contradictory: excludesOwn = true
        case .mismatched, .unreadable, .flat, .strange, .resemblingFibre: excludesOwn = false
        }
        self.init(
            confidence: named.map { judgement.probabilities[$0] } ?? 0, novelty: judgement.novelty,
            isRight: named == place, isDecided: judgement.isDecided, excludesOwn: excludesOwn)
    }
}

extension LeaveOneOut {
    /// Figures by one, two and three placements of a session, and of measuring again until the spectrum decides.
    func placementFigures(seed: UInt64) -> [ModelEvaluation.Figure] {
        guard orders.contains(where: { !$0.isEmpty }) else { return [] }
        return (1...ModelContent.placementLimit).flatMap { figures(placements: $0, seed: seed) } + untilDecided(seed)
    }

    private func figures(placements: Int, seed: UInt64) -> [ModelEvaluation.Figure] {
        let objects = orders.map { $0.compactMap { $0.steps.count < placements ? nil : $0.steps[placements - 1] } }
            .filter { !$0.isEmpty }
        guard !objects.isEmpty else { return [] }
        let name = placements == 1 ? "1 placement" : "\(placements) placements"
        let judged = objects.joined().map(\.judged)
        return [
            figure("\(name): accuracy", objects, seed) { $0.isRight ? 1 : 0 },
            .init("\(name): expected calibration error", short(Scores.calibrationError(judged))),
            .init(
                "\(name): share decided with 99 % of the decided right",
                short(Scores.decidedShare(judged, accuracy: 0.99))),
            figure("\(name): share decided at the model's threshold", objects, seed) { $0.isDecided ? 1 : 0 },
            .init("\(name): of these right", short(Scores.share(judged.filter(\.isDecided), \.isRight))),
            figure("\(name): own material excluded", objects, seed, goal: "below 0.01") { $0.excludesOwn ? 1 : 0 },
        ]
    }

    private func untilDecided(_ seed: UInt64) -> [ModelEvaluation.Figure] {
        let name = "1 to \(ModelContent.placementLimit) placements, until decided"
        let last = orders.map { $0.map { $0.steps[$0.stop - 1] } }
        let decided = last.joined().filter(\.isDecided).map(\.judged)
        return [
            figure("\(name): share decided", last, seed) { $0.isDecided ? 1 : 0 },
            .init("\(name): of these right", short(Scores.share(decided, \.isRight))),
            figure("\(name): placements of an object", orders, seed) { Double($0.stop) },
        ]
    }

    /// The mean over all orders of all objects; its interval is that of resampled objects.
    private func figure<One>(
        _ measure: String, _ objects: [[One]], _ seed: UInt64, goal: String? = nil, _ value: (One) -> Double
    ) -> ModelEvaluation.Figure {
        perObject(measure, objects.map { mean($0.map(value)) }, seed: seed, goal: goal)
    }
}
