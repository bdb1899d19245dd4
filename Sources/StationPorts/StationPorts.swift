import Station
import Vocabulary

/// Where events go to reach the control loop. May be called on any thread; never blocks.
public protocol EventSink: Sendable {
    func post(_ event: StationEvent)
}

/// The digital lines. Used by the control loop's thread only.
public protocol LinePort: AnyObject {
    /// Descriptors that become readable when `takeChanges` has something to say; at most `ReadyDescriptors.limit`. May
    /// change with every call of `takeChanges` and `set`; one that was closed is missing for at least one wait before
    /// its number comes back.
    var pollDescriptors: [Int32] { get }
    /// When `takeChanges` must be called even if no descriptor becomes readable (debounce); nil if never.
    var nextDeadline: Instant? { get }
    /// What the inputs' edges were good for so far.
    var counters: [InputLine: LineCounters] { get }
    /// Debounced changes since the last call, each level read again before it is believed. Never blocks.
    /// Failures of single lines come out as changes of kind `failed`, so that they cannot be overlooked.
    /// - Parameter ready: what polling the descriptors came back with; those that are not in it are not looked at.
    func takeChanges(at now: Instant, ready: ReadyDescriptors) -> [LineChange]
    /// Sets all these lines to one level, together where the chip can.
    /// - Returns: those that could not be set, and why; the others are.
    func set(_ lines: [OutputLine], isOn: Bool) -> [OutputLine: PortError]
    /// De-energises every output, as far as that is possible, without throwing.
    func makeSafe()
}

extension LinePort {
    /// As `takeChanges(at:ready:)`, without knowing which descriptors are ready.
    public func takeChanges(at now: Instant) -> [LineChange] { takeChanges(at: now, ready: .all) }

    /// Throws if the line could not be set.
    public func set(_ line: OutputLine, isOn: Bool) throws(PortError) {
        if let error = set([line], isOn: isOn)[line] { throw error }
    }
}

/// Which of a port's descriptors have something to say, by their place in `pollDescriptors`.
public struct ReadyDescriptors: Hashable, Sendable {
    /// More descriptors than this cannot be told apart.
    public static let limit = 64
    public static let none = ReadyDescriptors()
    /// Nobody polled: all are to be looked at.
    public static let all = ReadyDescriptors(places: .max, brokenPlaces: 0)

    private var places: UInt64 = 0
    private var brokenPlaces: UInt64 = 0

    public init() {}

    /// A bit for each place that has something to say, the broken ones included, and one for each broken place.
    public init(places: UInt64, brokenPlaces: UInt64) {
        self.places = places
        self.brokenPlaces = brokenPlaces
    }

    /// - Parameter isBroken: whether poll(2) reported an error or a hang-up on it.
    public mutating func insert(_ place: Int, isBroken: Bool) {
        places |= 1 << UInt64(place)
        if isBroken { brokenPlaces |= 1 << UInt64(place) }
    }

    public var isEmpty: Bool { places == 0 }
    public func contains(_ place: Int) -> Bool { places >> UInt64(place) & 1 == 1 }
    public func isBroken(_ place: Int) -> Bool { brokenPlaces >> UInt64(place) & 1 == 1 }
}

extension ReadyDescriptors: Sequence {
    /// The places, in order.
    public struct Iterator: IteratorProtocol {
        fileprivate var bits: UInt64

        public mutating func next() -> Int? {
            guard bits != 0 else { return nil }
            defer { bits &= bits &- 1 }
            return bits.trailingZeroBitCount
        }
    }

    public func makeIterator() -> Iterator { Iterator(bits: places) }
}

/// What became of a line since it was last asked.
public enum LineChange: Hashable, Sendable {
    case level(InputLine, isActive: Bool)
    case failed(line: String, PortError)
    case worked(line: String)
}

/// The measuring devices, whatever bus they hang on. `measure` returns at once; answers go to the event sink as
/// `evidenceArrived`, one for each source asked, `failed` ones included.
public protocol MeasuringPort: Sendable {
    func measure(_ passage: PassageID, _ sources: Set<EvidenceSource>)
    /// Lets the near-infrared head take its references anew; returns at once, one `referencesTaken` follows.
    func takeReferences()
}

/// The ledger as the control loop sees it. `append` returns at once; the completion goes to the event sink.
public protocol RecordPort: Sendable {
    func append(_ token: RecordToken, _ record: LedgerRecord)
}

/// Tells the process supervisor how the daemon is. Called on the control loop's thread.
public protocol SupervisorPort: Sendable {
    /// How often `keepAlive` must be called; nil if nobody watches.
    var keepAlivePeriod: Duration? { get }
    func ready(_ status: String)
    func keepAlive()
    func stopping()
}

/// The clock by which all intervals are measured.
public protocol MonotonicClock: Sendable {
    var now: Instant { get }
}

/// What was tried, on what, what came back, and what to do: one sentence for a person.
public struct PortError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        case notFound, noPermission, busy, disconnected, timeout, invalidAnswer, refused, systemError
    }
    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
