import CLinux
import Glibc
import Station
import StationPorts
import Synchronization

/// Where every other thread leaves events for the control loop: a bounded list and a descriptor that wakes the loop.
public final class Mailbox: EventSink, Sendable {
    /// Every poster waits for what it asked for, so a few dozen is what occurs. So many waiting events mean that the
    /// control loop has stood still for minutes; dropping one could lose an acceptance, so the daemon ends instead,
    /// outputs fall back, and the next start recovers from the ledger.
    public static let limit = 16_384

    private let events = Mutex<[StationEvent]>([])
    /// Readable while there are events.
    public let wakeDescriptor: Int32

    public init() {
        wakeDescriptor = linux_eventfd()
        precondition(wakeDescriptor >= 0, "eventfd failed: errno \(errno)")
    }

    deinit { close(wakeDescriptor) }

    public func post(_ event: StationEvent) {
        let isFirst = events.withLock { events in
            precondition(events.count < Self.limit, "the control loop has not taken an event for too long")
            events.append(event)
            return events.count == 1
        }
        if isFirst { wake() }
    }

    /// Everything posted since the last call, oldest first.
    public func takeAll() -> [StationEvent] {
        var count: UInt64 = 0
        _ = read(wakeDescriptor, &count, MemoryLayout<UInt64>.size)
        return events.withLock { events in
            defer { events.removeAll(keepingCapacity: true) }
            return events
        }
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(wakeDescriptor, &one, MemoryLayout<UInt64>.size)
    }
}
