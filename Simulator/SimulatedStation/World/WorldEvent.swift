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
    /// What stands in the places that more than one maker's device can fill.
    public var equipment = StationEquipment()
    /// From the green lamp to the next item.
    public var bringing: ClosedRange<Duration> = .milliseconds(500)...(.milliseconds(1500))
    /// From an item that sticks out to the hand that takes it.
    public var reacting: ClosedRange<Duration> = .milliseconds(600)...(.milliseconds(1500))
    /// Instead of what people bring: the items lie before the head one after the other, each for so many measurements,
    /// the last one for all that follow; nil: nobody puts anything there.
    public var benchMeasurements: Int?
    /// The attendant comes so long after an item lies still under a red lamp; nil: nobody comes.
    public var attendantComesAfter: Duration?

    public init(seed: UInt64, bins: [BinSettings], items: [SimulatedItem], spectra: SpectraLibrary = .synthetic) {
        self.seed = seed
        self.bins = bins
        self.items = items
        self.spectra = spectra
    }
}

extension WorldEvent {
    /// One JSON object: `atMilliseconds`, `event`, and what belongs to it.
    public var jsonLine: String {
        let fields: [(String, String)] =
            switch kind {
            case .inputChanged(let line, let isActive):
                [("event", "inputChanged"), ("line", line.rawValue), ("level", isActive ? "active" : "inactive")]
            case .itemSent(let index): [("event", "itemSent"), ("item", "\(index)")]
            case .itemReleased(let index): [("event", "itemReleased"), ("item", "\(index)")]
            case .itemJammed(let index): [("event", "itemJammed"), ("item", "\(index)")]
            case .itemLeftBelt(let index): [("event", "itemLeftBelt"), ("item", "\(index)")]
            case .itemEnded(let index, let end):
                [("event", "itemEnded"), ("item", "\(index)"), ("end", Whereabouts.ended(end).description)]
            case .binLevelChanged(let bin): [("event", "binLevelChanged"), ("bin", bin.rawValue)]
            case .faultCame(let fault):
                [("event", "faultCame"), ("fault", "\(fault)".filter { $0 != "\"" && $0 != "\\" })]
            case .attendantOpenedDoor: [("event", "attendantOpenedDoor")]
            case .attendantClosedDoor: [("event", "attendantClosedDoor")]
            }
        // Names hold no character that JSON would have to escape.
        let texts = fields.map { name, value in "\"\(name)\":\"\(value)\"" }
        return "{\"atMilliseconds\":\(at.nanoseconds / 1_000_000),\(texts.joined(separator: ","))}"
    }
}
