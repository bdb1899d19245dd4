/// Everything about intake that a site may choose. Decoded and bounded by StationConfig; what is in here is valid.
public struct IntakeSettings: Codable, Hashable, Sendable {
    public var bins: [BinSettings]
    public var routes: [Route]
    public var binFullPolicy: BinFullPolicy = .suspend
    /// A bin counts as full from this level on, in per cent, and as free again below `binFreeLevelPercent`.
    public var binFullLevelPercent: Int = 90
    public var binFreeLevelPercent: Int = 80
    /// The devices whose answers are awaited for each item, if they are alive.
    public var evidenceSources: Set<EvidenceSource> = Set(EvidenceSource.allCases)
    /// An item that one spectrum leaves unknown is shifted on the belt and read again, until it was read this often.
    public var placements: Int = 1
    public static let placementLimit = 4
    /// The kind of near-infrared head that the station has, so that its references are looked after; nil: none.
    public var nirHead: NIRHeadKind?
    /// Tagged items up to this entry of the ledger say nothing about the head any more: it, or its white tile, was
    /// exchanged after them.
    public var knownItemsAfter: Int64 = 0
    /// Without one of these the station is held: it cannot work at all.
    public var requiredDevices: Set<DeviceID> = []
    public var windows = Windows()
    /// How often a jam is cleared by the belt before a person is needed.
    public var jamClearingAttempts: Int = 3
    /// How many drops in a row may go unseen before the station is held.
    public var consecutiveUnconfirmedLimit: Int = 3

    public init(bins: [BinSettings], routes: [Route]) {
        self.bins = bins
        self.routes = routes
    }

    /// How long each step of a passage may take. Sources: 5 s per step before a jam is declared, three clearing
    /// attempts (conveyor controllers' custom).
    public struct Windows: Codable, Hashable, Sendable {
        /// The mouth may stay blocked this long while an item is put in.
        public var entering: Duration = .seconds(10)
        /// After the mouth is free, presence must show within this time.
        public var settling: Duration = .milliseconds(300)
        /// Evidence that has not come by then is missing.
        public var measuring: Duration = .seconds(3)
        /// The belt runs backwards this long to shift an item before the head: 20 to 40 mm.
        public var shifting: Duration = .milliseconds(200)
        /// The acceptance must be durable within this time.
        public var storing: Duration = .seconds(5)
        public var diverting: Duration = .seconds(2)
        /// From the belt's start to the exit beam.
        public var transit: Duration = .seconds(5)
        /// The exit or drop beam may stay interrupted this long.
        public var beamClear: Duration = .seconds(5)
        /// From the exit beam to the drop beam.
        public var drop: Duration = .seconds(5)
        /// After the drop nothing may come back past the exit beam for this long: who fishes with a string needs half a
        /// second at least to pull an item up out of the bin.
        public var guarding: Duration = .seconds(1)
        /// From the belt's reversal to the item at the mouth.
        public var handBack: Duration = .seconds(5)
        /// The person may take this long before the buzzer sounds again and the station is held.
        public var taking: Duration = .seconds(20)
        /// One clearing movement of the belt.
        public var clearing: Duration = .seconds(2)
        /// A shutdown waits this long for a passage under way.
        public var draining: Duration = .seconds(30)

        public init() {}
    }
}

public enum BinFullPolicy: String, CaseIterable, Codable, Hashable, Sendable {
    /// One full bin suspends intake.
    case suspend
    /// Items for a full bin are handed back; intake is suspended when every bin is full.
    case refuse
}

public struct BinSettings: Codable, Hashable, Sendable {
    public var id: BinID
    public var position: DiverterPosition
    /// The level sensor above it; nil if it has none.
    public var levelSensor: DeviceID?

    public init(id: BinID, position: DiverterPosition, levelSensor: DeviceID? = nil) {
        self.id = id
        self.position = position
        self.levelSensor = levelSensor
    }
}

/// Which bin a stream of materials goes to. The first route that fits is taken.
public struct Route: Codable, Hashable, Sendable {
    public var stream: Stream
    public var materials: Set<Material>
    public var bin: BinID

    public init(stream: Stream, materials: Set<Material>, bin: BinID) {
        self.stream = stream
        self.materials = materials
        self.bin = bin
    }
}
