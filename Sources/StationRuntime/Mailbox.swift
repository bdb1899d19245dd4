import Station
import StationPorts
import Synchronization
import Threads

/// Where every other thread leaves events for the control loop: a bounded list and a descriptor that wakes the loop.
public final class Mailbox: EventSink, Sendable {
    /// Every poster waits for what it asked for, so a few dozen is what occurs. So many waiting events mean that the
    /// control loop has stood still for minutes; dropping one could lose an acceptance, so the daemon ends instead,
    /// outputs fall back, and the next start recovers from the ledger.
    public static let limit = 16_384

    private let events = Mutex<[StationEvent]>([])
    private let doorbell = essential { try Doorbell() }

    public init() {}

    /// Readable while there are events.
    public var wakeDescriptor: Int32 { doorbell.descriptor }

    public func post(_ event: StationEvent) {
        let isFirst = events.withLock { events in
            // Not a precondition: its sentence is left out of an optimised build.
            guard events.count < Self.limit else {
                fatalError("The control loop has taken none of \(Self.limit) events; the daemon ends to start anew.")
            }
            events.append(event)
            return events.count == 1
        }
        if isFirst { doorbell.ring() }
    }

    /// Everything posted since the last call, oldest first.
    public func takeAll() -> [StationEvent] {
        doorbell.silence()
        return events.withLock { events in
            defer { events.removeAll(keepingCapacity: true) }
            return events
        }
    }
}
