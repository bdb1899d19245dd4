import SimulatedStation
import Vocabulary

/// What one seed is run with. The same settings give the same run, event by event.
public struct ExplorationSettings: Hashable, Sendable {
    public var seed: UInt64
    /// Items that people bring.
    public var items: Int
    /// Names of faults that do not strike.
    public var without: Set<String> = []
    /// A wrong behaviour that the checks have to find.
    public var planted: PlantedBug?
    /// Whether the result tells what happened last, in words.
    public var keepsJournal = false
    /// The run ends after so many steps; nil: when everything has come to its end.
    public var stepLimit: Int?

    public static let itemsLimit = 10_000
    /// As many as a run of the fixed seeds has.
    public static let usualItems = 150

    public init(seed: UInt64, items: Int = usualItems, without: Set<String> = [], stepLimit: Int? = nil) {
        self.seed = seed
        self.items = items
        self.without = without
        self.stepLimit = stepLimit
    }
}

/// What a station is made of beside its code: the shipped files.
public struct ExplorationMaterials: Sendable {
    public var intake: IntakeSettings
    public var catalogue: Catalogue
    public var spectra: SpectraLibrary
    public var classifier: any Classifier

    public init(
        intake: IntakeSettings, catalogue: Catalogue, spectra: SpectraLibrary, classifier: any Classifier
    ) {
        self.intake = intake
        self.catalogue = catalogue
        self.spectra = spectra
        self.classifier = classifier
    }
}

/// What came of one seed.
public struct ExplorationResult: Hashable, Sendable {
    public var seed: UInt64
    /// Items that were put in.
    public var passages = 0
    public var steps = 0
    public var entries: Int64 = 0
    /// Entries whose raw readings retention had pruned by the end.
    public var pruned: Int64 = 0
    /// Items that were on their way while a sensor or the diverter showed what was not so.
    public var deceived = 0
    /// How often each fault struck, by name.
    public var faults: [String: Int] = [:]
    /// Of everything that happened, in order: two runs of the same settings give the same.
    public var traceDigest: UInt64 = 0
    public var violation: Violation?
    /// What happened last, oldest first; empty unless it was asked for.
    public var journal: [String] = []

    static let journalLimit = 400
}
