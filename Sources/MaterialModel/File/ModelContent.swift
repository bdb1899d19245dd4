import Vocabulary

/// All that a model file states.
public struct ModelContent: Hashable, Sendable {
    public struct Class: Codable, Hashable, Sendable {
        public var material: Material
        /// Physical objects of it that were trained on.
        public var objects: Int
        /// Mean over the objects of each feature, and its standard deviation between them.
        public var mean: [Double]
        public var spread: [Double]

        public init(material: Material, objects: Int, mean: [Double], spread: [Double]) {
            (self.material, self.objects, self.mean, self.spread) = (material, objects, mean, spread)
        }
    }

    /// What applies to both heads.
    public struct Limits: Codable, Hashable, Sendable {
        /// Darker placements have no signal; mean reflectance.
        public var leastBrightness: Double
        /// Less structure is flat: half of that of the flattest scan that was measured.
        public var leastStructure: Double
        /// Share of items of the classes that read as familiar, 0.5 to 1: the novelty test passes them.
        public var familiarShare: Double
        /// Share of foreign objects that read as familiar all the same, 0 to 1.
        public var foreignFamiliarShare: Double
        /// By one placement, by two, and so on; the last also stands for more: a class that a familiar reading gives
        /// less than this is excluded. It happened to the own class of fewer than 1 % of left-out objects.
        public var excludedBelow: [Double]

        /// Nothing more probable is excluded, however rarely the data shows it: so few objects show no rare errors.
        public static let greatestExclusion = 0.05

        public init(
            leastBrightness: Double, leastStructure: Double, familiarShare: Double, foreignFamiliarShare: Double,
            excludedBelow: [Double]
        ) {
            (self.leastBrightness, self.leastStructure) = (leastBrightness, leastStructure)
            (self.familiarShare, self.foreignFamiliarShare) = (familiarShare, foreignFamiliarShare)
            self.excludedBelow = excludedBelow
        }

        /// `placements` is at least 1.
        public func excludedBelow(placements: Int) -> Double {
            excludedBelow[min(placements, excludedBelow.count) - 1]
        }
    }

    /// Where the scans came from that were learned from.
    public struct Training: Codable, Hashable, Sendable {
        public var origin: String
        public var licence: String
        /// Name and SHA-256 of each file, in the order given.
        public var files: [File]
        public var scans: Int
        public var objects: Int
        public var sessions: [String]
        public var seed: UInt64

        public struct File: Codable, Hashable, Sendable {
            public var name: String
            public var sha256: String
            public init(name: String, sha256: String) { (self.name, self.sha256) = (name, sha256) }
        }

        public init(
            origin: String, licence: String, files: [File], scans: Int, objects: Int, sessions: [String], seed: UInt64
        ) {
            (self.origin, self.licence, self.files, self.scans) = (origin, licence, files, scans)
            (self.objects, self.sessions, self.seed) = (objects, sessions, seed)
        }
    }

    /// What hangs on the number of placements is told apart up to this many of them.
    public static let placementLimit = 3

    /// Of the station's head, in nanometres, ascending.
    public var bandsNanometres: [Double]
    public var classes: [Class]
    public var limits: Limits
    public var parameters: SpectralModel.Parameters
    public var training: Training
    public var evaluation: ModelEvaluation
    /// Nil for a model as it was trained.
    public var adaptation: ModelAdaptation?

    public init(
        bandsNanometres: [Double], classes: [Class], limits: Limits, parameters: SpectralModel.Parameters,
        training: Training, evaluation: ModelEvaluation, adaptation: ModelAdaptation? = nil
    ) {
        (self.bandsNanometres, self.classes, self.limits) = (bandsNanometres, classes, limits)
        (self.parameters, self.training, self.evaluation) = (parameters, training, evaluation)
        self.adaptation = adaptation
    }
}

/// How well the model's configuration did on objects it was not trained on, as its file states it.
public struct ModelEvaluation: Codable, Hashable, Sendable {
    public struct Figure: Codable, Hashable, Sendable {
        public var measure: String
        public var value: Double
        /// 95 % interval of resampled objects; nil where there is none.
        public var low: Double?
        public var high: Double?
        public var goal: String?

        public init(_ measure: String, _ value: Double, low: Double? = nil, high: Double? = nil, goal: String? = nil) {
            (self.measure, self.value, self.low, self.high, self.goal) = (measure, value, low, high, goal)
        }
    }
    public var method: String
    public var figures: [Figure]
    /// Objects that were named wrongly: object, its material and what it was taken for.
    public var wrong: [String]

    public init(method: String, figures: [Figure], wrong: [String]) {
        (self.method, self.figures, self.wrong) = (method, figures, wrong)
    }
}
