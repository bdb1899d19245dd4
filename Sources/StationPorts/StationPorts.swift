import Station
import Vocabulary

/// Where events go to reach the control loop. May be called on any thread; never blocks.
public protocol EventSink: Sendable {
    func post(_ event: StationEvent)
}

/// The digital lines. Used by the control loop's thread only.
public protocol LinePort: AnyObject {
    /// Descriptors that become readable when `takeChanges` has something to say. May change after a reconnect.
    var pollDescriptors: [Int32] { get }
    /// When `takeChanges` must be called even if no descriptor becomes readable (debounce); nil if never.
    var nextDeadline: Instant? { get }
    /// Debounced changes since the last call, each level read again before it is believed. Never blocks.
    /// Failures of single lines come out as changes of kind `failed`, so that they cannot be overlooked.
    func takeChanges(at now: Instant) -> [LineChange]
    /// Throws if the line could not be set.
    func set(_ line: OutputLine, isOn: Bool) throws(PortError)
    /// De-energises every output, as far as that is possible, without throwing.
    func makeSafe()
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
}

/// The ledger as the control loop sees it. `append` returns at once; the completion goes to the event sink.
public protocol RecordPort: Sendable {
    func append(_ token: RecordToken, _ record: LedgerRecord)
}

/// Recognises an item. Pure and fast (microseconds): called on the control loop's thread.
public protocol Classifier: Sendable {
    func classify(_ evidence: Evidence) -> Classification
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
