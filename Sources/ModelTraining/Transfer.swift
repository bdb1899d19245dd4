import MaterialModel
import SmallNumerics
import Vocabulary

/// How the shipped configuration does on other boards and at other times, and what calibrating by a few known items
/// brings there.
///
/// For each session a model is learned from everything but the objects of that session, whatever else they were
/// measured by: nothing that is judged, and nothing that calibrates, was ever seen by it. Then known items are drawn
/// many times, and all others of the session are judged, before and after.
public struct Transfer: Codable, Sendable {
    public static let draws = 20
    /// So many known items of each class are tried.
    static let perClass = 1...3
    /// A known item is measured so often, as `stationctl calibrate nir` does it.
    static let placements = 3
    /// A class needs so many objects to be learned from.
    static let leastObjects = 3

    public struct Session: Codable, Sendable {
        public var session: String
        /// Objects of each class, in the order of the classes.
        public var objects: [Int]
        public var trainedObjects: Int
        /// All of its objects, by the model as it is.
        public var uncalibrated: Figures
        /// By how many items of each class are known; empty if there are too few of a class. With one of each there is
        /// no trial, so nothing is softened.
        public var calibrated: [Calibrated]
    }

    public struct Figures: Codable, Hashable, Sendable {
        /// By object, all its placements together.
        public var accuracy: Double
        /// By object, each of its first placements by itself.
        public var accuracyOfOne: Double
        public var decidedShare: Double
        /// Nil if nothing is decided.
        public var decidedAccuracy: Double?
    }

    public struct Calibrated: Codable, Sendable {
        public var itemsPerClass: Int
        /// Objects judged in each draw: those that did not calibrate.
        public var judged: Int
        /// Means over the draws, of the same objects.
        public var before: Figures
        public var after: Figures
        /// Between these lies the accuracy of eight draws in ten.
        public var afterLow: Double
        public var afterHigh: Double
        /// Share of the draws in which fewer objects are named rightly than before.
        public var worseShare: Double
        /// Share of the draws in which the known items show a benefit, so that the adapted model is written; nil with
        /// too few items for that trial.
        public var writtenShare: Double?
        /// What the station then has: after where it is written, before otherwise.
        public var asWritten: Figures?
    }

    public var data: String
    public var head: NIRHeadKind
    public var materials: [Material]
    public var sessions: [Session] = []
    /// A sentence for each session that was not judged.
    public var notJudged: [String] = []

    /// Takes a minute or two. `progress` hears of every session.
    public init(
        _ file: SpectraFile, seed: UInt64, progress: (String) -> Void = { _ in }
    ) throws(TrainingError) {
        let trainer = try Trainer(file, seed: seed)
        (data, head, materials) = (file.name, trainer.head, SpectraFile.classes)
        let all = Set(trainer.objects.flatMap { $0.scans.map(\.session) }).sorted()
        for session in all {
            progress(session)
            if let complaint = try judge(session, trainer, seed: seed) {
                notJudged.append("\(session): \(complaint)")
            }
        }
    }

    /// - Returns: why the session cannot be judged; nil if it was.
    private mutating func judge(
        _ session: String, _ trainer: Trainer, seed: UInt64
    ) throws(TrainingError) -> String? {
        let there = trainer.objects.filter { $0.scans.contains { $0.session == session } }
        let names = Set(there.map(\.name))
        let known = there.filter { $0.label.place != nil }
        let rest = trainer.objects.filter { object in
            object.label.place != nil && !names.contains(object.name) && trainer.teaches(object)
        }
        let counts = materials.indices.map { place in rest.count(where: { $0.label.place == place }) }
        guard rest.count > known.count, counts.allSatisfy({ $0 >= Self.leastObjects }) else {
            return "without its \(known.count) objects there are \(rest.count) to learn from, too few."
        }
        let base = try AdaptableModel(try trainer.train(without: names))
        let items = known.compactMap { KnownItem($0, session: session, base.model) }
        let objects = materials.indices.map { place in items.count(where: { $0.place == place }) }
        guard objects.allSatisfy({ $0 > 0 }) else { return "it has objects of some classes only." }
        var random = SplitMix64(seed: seed)
        var calibrated: [Calibrated] = []
        for number in Self.perClass where objects.allSatisfy({ $0 > number }) {
            calibrated.append(try Calibrated(base, items, itemsPerClass: number, &random))
        }
        sessions.append(
            Session(
                session: session, objects: objects, trainedObjects: rest.count,
                uncalibrated: Figures(items, base.model), calibrated: calibrated))
        return nil
    }
}

extension Transfer.Calibrated {
    init(
        _ base: AdaptableModel, _ items: [KnownItem], itemsPerClass: Int, draws: Int = Transfer.draws,
        _ random: inout SplitMix64
    ) throws(TrainingError) {
        var before: [Transfer.Figures] = []
        var after: [Transfer.Figures] = []
        var written: [Bool] = []
        let classes = base.model.materials.indices
        for _ in 0..<draws {
            let chosen = Set(
                classes.flatMap { place in
                    let members = items.indices.filter { items[$0].place == place }
                    return random.permutation(members.count).prefix(itemsPerClass).map { members[$0] }
                })
            let known = chosen.sorted().map { items[$0].first(Transfer.placements) }
            let judged = items.indices.filter { !chosen.contains($0) }.map { items[$0] }
            before.append(Transfer.Figures(judged, base.model))
            var adapted = try base.adapted(by: known)
            if itemsPerClass >= Calibration.leastItemsPerClass {
                let trial = try Calibration.trial(base, known)
                adapted = adapted.softened(by: trial.softening)
                written.append(trial.isBetter(head: base.model.head))
            }
            after.append(Transfer.Figures(judged, adapted))
        }
        let accuracies = after.map(\.accuracy)
        self.init(
            itemsPerClass: itemsPerClass, judged: items.count - itemsPerClass * classes.count,
            before: Transfer.Figures(meanOf: before), after: Transfer.Figures(meanOf: after),
            afterLow: OrderStatistics.quantile(accuracies, 0.1) ?? 0,
            afterHigh: OrderStatistics.quantile(accuracies, 0.9) ?? 0,
            worseShare: share(zip(before, after).map { $1.accuracy < $0.accuracy }), writtenShare: nil, asWritten: nil)
        guard !written.isEmpty else { return }
        writtenShare = share(written)
        asWritten = Transfer.Figures(meanOf: written.indices.map { written[$0] ? after[$0] : before[$0] })
    }
}

extension Transfer.Figures {
    init(_ items: [KnownItem], _ model: SpectralModel) {
        var (right, rightOfOne, decided, decidedRight) = (0.0, 0.0, 0.0, 0.0)
        for item in items {
            func isRight(_ judgement: SpectralJudgement) -> Bool {
                !judgement.probabilities.isEmpty && placeOfGreatest(judgement.probabilities) == item.place
            }
            let whole = model.judge(features: item.placements)
            if isRight(whole) { right += 1 }
            if whole.isDecided { decided += 1 }
            if whole.isDecided, isRight(whole) { decidedRight += 1 }
            rightOfOne += share(item.first(Transfer.placements).placements.map { isRight(model.judge(features: [$0])) })
        }
        let count = Double(max(items.count, 1))
        self.init(
            accuracy: right / count, accuracyOfOne: rightOfOne / count, decidedShare: decided / count,
            decidedAccuracy: decided > 0 ? decidedRight / decided : nil)
    }

    /// Of what is decided, each decision counts the same, in whichever draw it was made.
    init(meanOf figures: [Transfer.Figures]) {
        let decided = figures.reduce(0) { $0 + $1.decidedShare }
        let right = figures.reduce(0) { $0 + $1.decidedShare * ($1.decidedAccuracy ?? 0) }
        self.init(
            accuracy: mean(figures.map(\.accuracy)), accuracyOfOne: mean(figures.map(\.accuracyOfOne)),
            decidedShare: decided / Double(max(figures.count, 1)), decidedAccuracy: decided > 0 ? right / decided : nil)
    }
}

extension KnownItem {
    /// Of what was measured of an object in one session; nil if its material is no class or nothing can be read.
    init?(_ object: MeasuredObject, session: String, _ model: SpectralModel) {
        let placements = object.scans.filter { $0.session == session }.compactMap { model.readable($0.values) }
        guard let place = object.label.place, !placements.isEmpty else { return nil }
        self.init(name: object.name, place: place, sessions: [session], placements: placements)
    }

    fileprivate func first(_ count: Int) -> KnownItem {
        var item = self
        item.placements = Array(placements.prefix(count))
        return item
    }
}

extension Trainer {
    /// Whether a model is learned from it: the 8-LED head's needs it in the session that it is trained for.
    fileprivate func teaches(_ object: MeasuredObject) -> Bool {
        switch head {
        case .spectrometer: true
        case .led8: object.scans.contains { $0.session == LEDTrainer.Frozen.mainSession }
        }
    }
}

private func share(_ conditions: [Bool]) -> Double {
    conditions.isEmpty ? 0 : Double(conditions.count(where: \.self)) / Double(conditions.count)
}
