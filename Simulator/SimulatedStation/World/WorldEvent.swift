import Vocabulary

/// What happened in the world, and when.
public struct WorldEvent: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// A wire changed, bounces included.
        case inputChanged(InputLine, isActive: Bool)
        /// A person begins to put it in.
        case itemSent(Int)
        /// The person has let go of it.
        case itemReleased(Int)
        case itemJammed(Int)
        case itemLeftBelt(Int)
        case itemEnded(Int, ItemEnd)
        case binLevelChanged(BinID)
        case faultCame(SimulatedFault)
        case attendantOpenedDoor
        case attendantClosedDoor
    }
    public var at: Instant
    public var kind: Kind
}

/// Everything that one run of the world depends on.
public struct WorldSettings: Sendable {
    public var seed: UInt64
    public var bins: [BinSettings]
    /// In the order in which people bring them.
    public var items: [SimulatedItem]
    public var faults: [TimedFault] = []
    public var spectra: SpectraLibrary
    public var scale = Scale.Settings()
    public var nirHead = NIRHead.Settings()
    /// Chance that one poll of the reader hears a tag.
    public var tagReadProbability = 0.9
    public var contactsBounce = true
    /// What the drive is set to before anyone writes to it.
    public var driveFrequencyCentihertz: UInt16 = 0
    /// From the green lamp to the next item.
    public var bringing: ClosedRange<Duration> = .milliseconds(500)...(.milliseconds(1500))
    /// From an item that sticks out to the hand that takes it.
    public var reacting: ClosedRange<Duration> = .milliseconds(600)...(.milliseconds(1500))
    /// The attendant comes so long after an item lies still under a red lamp; nil: nobody comes.
    public var attendantComesAfter: Duration?

    public init(seed: UInt64, bins: [BinSettings], items: [SimulatedItem], spectra: SpectraLibrary = .synthetic) {
        self.seed = seed
        self.bins = bins
        self.items = items
        self.spectra = spectra
    }
}
