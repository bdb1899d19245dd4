import MaterialModel
import SmallNumerics
import Vocabulary

/// A finished model on measured objects that it was not trained on: whatever they are, none is left out.
public struct HeldOut: Codable, Sendable {
    public struct Model: Codable, Sendable {
        public var head: NIRHeadKind
        public var materials: [Material]
        /// Of the model's file; nil if it was trained just now.
        public var sha256: String?
        public var trainedOn: [String]
        public var trainedObjects: Int
        /// Objects that were in the training data as well and were left out of the training for that.
        public var leftOutOfTraining: Int
        public var leastNovelty: Double?
        /// By one placement, by two, and so on.
        public var decidingProbabilities: [Double]?
    }

    public struct Source: Codable, Sendable {
        public var name: String
        public var scans: Int
        public var objects: Int
        /// A sentence for each line that could not be used.
        public var unusedLines: [String]
    }

    public struct Session: Codable, Sendable {
        public var session: String
        public var summary: VerdictSummary
    }

    public var model: Model
    public var data: Source
    /// Of each object, all placements of all sessions combined into one verdict.
    public var byObject: VerdictSummary
    /// Of each object in each session, the placements of that session combined: what a station measures.
    public var byObjectAndSession: VerdictSummary
    public var sessions: [Session]
    public var scans: ScanSummary
    public var objects: [ObjectVerdict]
    public var objectSessions: [ObjectVerdict]

    /// - Parameters:
    ///   - leftOut: how many objects were left out of the training because they are in the data.
    ///   - isFile: the model is that of a file and not one that was trained just now.
    /// - Throws: a sentence if the data is of another head.
    public init(
        _ model: SpectralModel, on file: SpectraFile, isFile: Bool, leftOut: Int, seed: UInt64
    ) throws(TrainingError) {
        guard file.head == model.head else {
            throw TrainingError(
                "\(file.name): its reflectances are those of \(file.head.phrase), the model is one of "
                    + "\(model.head.phrase). Evaluate with the model of that head.")
        }
        let measured = try file.objects(on: model.channelsNanometres)
        let objects = measured.map { ObjectVerdict($0, session: nil, model) }
        let objectSessions = measured.flatMap { object in
            Set(object.scans.map(\.session)).sorted().map { ObjectVerdict(object, session: $0, model) }
        }
        self.model = Model(model, isFile: isFile, leftOut: leftOut)
        data = Source(
            name: file.name, scans: file.scans.count, objects: measured.count, unusedLines: file.complaints)
        (self.objects, self.objectSessions) = (objects, objectSessions)
        byObject = VerdictSummary(objects, seed: seed)
        byObjectAndSession = VerdictSummary(objectSessions, seed: seed)
        sessions = Dictionary(grouping: objectSessions, by: { $0.session ?? "" }).sorted { $0.key < $1.key }.map {
            Session(session: $0.key, summary: VerdictSummary($0.value, seed: seed))
        }
        scans = ScanSummary(measured, model, seed: seed)
    }
}

extension HeldOut.Model {
    init(_ model: SpectralModel, isFile: Bool, leftOut: Int) {
        let training = model.content.training
        self.init(
            head: model.head, materials: model.materials, sha256: isFile ? model.hash : nil,
            trainedOn: training.files.map(\.name), trainedObjects: training.objects, leftOutOfTraining: leftOut,
            leastNovelty: nil, decidingProbabilities: nil)
        switch model.content.parameters {
        case .spectrometer(let parameters): leastNovelty = parameters.leastNovelty
        case .led8(let parameters): decidingProbabilities = parameters.calibrations.map(\.decidingProbability)
        }
    }
}

/// Figures of some verdicts; a share of nothing is nil.
public struct VerdictSummary: Codable, Sendable {
    public struct Interval: Codable, Hashable, Sendable {
        public var low: Double
        public var high: Double
    }
    public struct Accepted: Codable, Hashable, Sendable {
        public var share: Double
        public var accuracy: Double
    }

    public var verdicts: Int
    /// Of the model's classes.
    public var known: Int
    public var right: Int
    public var accuracy: Double?
    public var accuracyInterval: Interval?
    public var decided: Int
    public var decidedShare: Double?
    public var decidedShareInterval: Interval?
    public var decidedRight: Int
    public var decidedAccuracy: Double?
    /// The greatest share, surest first, of which 99 % are right.
    public var decidedAt99: Double?
    public var decidedAt99Interval: Interval?
    public var calibrationError: Double?
    public var calibrationErrorInterval: Interval?
    /// Of materials that are no class of the model.
    public var foreign: Int
    public var foreignRefused: Int
    /// With the acceptance moved to where 95 % of the known are decided; nil without known or foreign ones.
    public var foreignRefusedAt95: Double?
    /// Nobody knows their material: what they were taken for counts nowhere.
    public var unlabelled: Int
    public var unlabelledRefused: Int
    public var readings: [String: Int]
    /// Rows: what it is; columns: what it was taken for; in the order of the classes.
    public var confusion: [[Int]]
    public var reliability: [Scores.Bin]
    /// Accuracy when only the surest share is decided.
    public var acceptReject: [Accepted]

    static let shares = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1]

    public init(_ all: [ObjectVerdict], seed: UInt64) {
        let knownOnes = all.filter { $0.right != nil }
        let judged = knownOnes.compactMap(\.judged)
        let foreignOnes = all.filter { $0.label == .foreign }
        let unlabelledOnes = all.filter { $0.label == .unlabelled }
        func ifAny(_ value: Double) -> Double? { judged.isEmpty ? nil : short(value) }
        func interval(_ figure: ([Judged]) -> Double) -> Interval? {
            Scores.interval(judged, seed: seed, figure).map { Interval(low: short($0.low), high: short($0.high)) }
        }
        verdicts = all.count
        known = judged.count
        right = judged.count(where: \.isRight)
        accuracy = ifAny(Scores.share(judged, \.isRight))
        accuracyInterval = interval { Scores.share($0, \.isRight) }
        let decidedOnes = judged.filter(\.isDecided)
        decided = decidedOnes.count
        decidedShare = ifAny(Scores.share(judged, \.isDecided))
        decidedShareInterval = interval { Scores.share($0, \.isDecided) }
        decidedRight = decidedOnes.count(where: \.isRight)
        decidedAccuracy = decidedOnes.isEmpty ? nil : short(Scores.share(decidedOnes, \.isRight))
        decidedAt99 = ifAny(Scores.decidedShare(judged, accuracy: 0.99))
        decidedAt99Interval = interval { Scores.decidedShare($0, accuracy: 0.99) }
        calibrationError = ifAny(Scores.calibrationError(judged))
        calibrationErrorInterval = interval(Scores.calibrationError)
        foreign = foreignOnes.count
        foreignRefused = foreignOnes.count(where: { !$0.decided })
        if !knownOnes.isEmpty, !foreignOnes.isEmpty {
            let least = LeaveOneOut.acceptance(knownOnes, decided: 0.95)
            let refused = foreignOnes.count(where: { LeaveOneOut.acceptanceOrder($0) < least })
            foreignRefusedAt95 = short(Double(refused) / Double(foreignOnes.count))
        }
        unlabelled = unlabelledOnes.count
        unlabelledRefused = unlabelledOnes.count(where: { !$0.decided })
        readings = Dictionary(grouping: all, by: \.reading).mapValues(\.count)
        var confusion = [[Int]](
            repeating: [Int](repeating: 0, count: SpectraFile.classes.count), count: SpectraFile.classes.count)
        for verdict in knownOnes {
            guard let row = verdict.label.place, !verdict.probabilities.isEmpty else { continue }
            confusion[row][placeOfGreatest(verdict.probabilities)] += 1
        }
        self.confusion = confusion
        reliability = Scores.reliability(judged)
        acceptReject =
            judged.isEmpty
            ? []
            : Scores.acceptReject(judged, shares: Self.shares).map {
                Accepted(share: $0.share, accuracy: short($0.accuracy))
            }
    }
}

/// Single scans of objects of the model's classes, whatever is decided.
public struct ScanSummary: Codable, Sendable {
    public var accuracy: Double?
    /// Under an error of the white reference of 2 % in each channel.
    public var accuracyWithReferenceError: Double?

    init(_ objects: [MeasuredObject], _ model: SpectralModel, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var plain: [Double] = []
        var disturbed: [Double] = []
        for object in objects where object.label.place != nil {
            for scan in object.scans {
                var single = object
                single.scans = [scan]
                plain.append(LeaveOneOut.scanAccuracy(single, model, error: 0, draws: 1, &random))
                disturbed.append(
                    LeaveOneOut.scanAccuracy(
                        single, model, error: LeaveOneOut.referenceError, draws: LeaveOneOut.disturbances, &random))
            }
        }
        accuracy = plain.isEmpty ? nil : short(mean(plain))
        accuracyWithReferenceError = disturbed.isEmpty ? nil : short(mean(disturbed))
    }
}
