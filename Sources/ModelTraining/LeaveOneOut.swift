import MaterialModel
import SmallNumerics

/// Leave one object out: every object is judged by a model that never saw it, in any session, and whose thresholds and
/// calibration never saw it either.
public struct LeaveOneOut: Sendable {
    /// Objects of the model's classes, all placements together (8-LED head: of the main session).
    public var known: [ObjectVerdict] = []
    /// Foreign objects, each judged by a model without it.
    public var foreign: [ObjectVerdict] = []
    /// Per known object: share of its single scans that are named rightly, and the same under an error of the white
    /// reference.
    public var scanAccuracy: [Double] = []
    public var disturbedAccuracy: [Double] = []
    /// Trained on one session, judged on the other; empty for data without these sessions.
    public var crossUnseen: [ObjectVerdict] = []
    public var crossAll: [ObjectVerdict] = []
    /// Of each known object, the orders in which a station could meet its placements.
    public var orders: [[PlacementOrder]] = []

    /// Relative error of the white reference per channel, and how often it is drawn for each scan.
    public static let referenceError = 0.02
    public static let disturbances = 5
    public static let firstSession = "2022-10-03_avantes_items"
    public static let secondSession = "2023-04-18_avantes_items"

    /// Takes about a minute. `progress` hears of every object.
    public init(_ trainer: Trainer, progress: (String) -> Void = { _ in }) throws(TrainingError) {
        var random = SplitMix64(seed: trainer.seed)
        let objects = Self.judgedObjects(trainer)
        for object in objects where object.label.place != nil {
            let model = try trainer.train(without: [object.name])
            known.append(ObjectVerdict(object, session: nil, model))
            scanAccuracy.append(Self.scanAccuracy(object, model, error: 0, draws: 1, &random))
            disturbedAccuracy.append(
                Self.scanAccuracy(object, model, error: Self.referenceError, draws: Self.disturbances, &random))
            orders.append(PlacementOrder.all(of: object, model))
            progress("\(object.name) \(known.count)")
        }
        let shared = trainer.head == .led8 ? try trainer.train() : nil
        for object in objects where object.label == .foreign {
            // The 8-LED head learns nothing from foreign objects, so all are unknown to one model.
            let model = if let shared { shared } else { try trainer.train(without: [object.name]) }
            foreign.append(ObjectVerdict(object, session: nil, model))
        }
        try judgeAcrossSessions(trainer)
    }

    /// What the figures are of: everything, or the main session of the 8-LED head.
    private static func judgedObjects(_ trainer: Trainer) -> [MeasuredObject] {
        switch trainer.head {
        case .spectrometer: trainer.objects
        case .led8:
            trainer.objects.compactMap { object in
                var object = object
                object.scans.removeAll { $0.session != LEDTrainer.Frozen.mainSession }
                return object.scans.isEmpty ? nil : object
            }
        }
    }

    /// Share of single scans that are named rightly, whatever is decided.
    static func scanAccuracy(
        _ object: MeasuredObject, _ model: SpectralModel, error: Double, draws: Int, _ random: inout SplitMix64
    ) -> Double {
        var right = 0
        for scan in object.scans {
            for _ in 0..<draws {
                let curve = error == 0 ? scan.values : scan.values.map { $0 * (1 + error * random.normal()) }
                let found = model.judge(reflectances: [curve]).probabilities
                if !found.isEmpty, placeOfGreatest(found) == object.label.place { right += 1 }
            }
        }
        return Double(right) / Double(max(object.scans.count * draws, 1))
    }

    /// Half a year and other items between training and judging.
    private mutating func judgeAcrossSessions(_ trainer: Trainer) throws(TrainingError) {
        guard trainer.head == .spectrometer, trainer.sessions.contains(Self.firstSession),
            trainer.sessions.contains(Self.secondSession)
        else { return }
        let trained = trainer.objects.compactMap { Self.only(Self.secondSession, $0) }
        let channels: [Double]
        switch trainer.kind {
        case .spectrometer(let spectrometer): channels = spectrometer.preprocessing.channelsNanometres
        case .led8: return
        }
        let second = try SpectrometerTrainer(objects: trained, channels: channels)
        let seen = Set(trained.map(\.name))
        guard let whole = second.train() else { throw TrainingError("Learning from \(Self.secondSession) failed.") }
        for object in trainer.objects where object.label.place != nil {
            guard let object = Self.only(Self.firstSession, object) else { continue }
            let isSeen = seen.contains(object.name)
            guard let model = isSeen ? second.train(without: [object.name]) : whole else {
                throw TrainingError("Learning from \(Self.secondSession) without \(object.name) failed.")
            }
            let verdict = ObjectVerdict(object, session: Self.firstSession, model)
            crossAll.append(verdict)
            if !isSeen { crossUnseen.append(verdict) }
        }
    }

    private static func only(_ session: String, _ object: MeasuredObject) -> MeasuredObject? {
        var object = object
        object.scans.removeAll { $0.session != session }
        return object.scans.isEmpty ? nil : object
    }
}
