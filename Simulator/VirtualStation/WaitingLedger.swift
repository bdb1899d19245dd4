import Glibc
import Station
import StationPorts
import Synchronization
import Vocabulary

/// Puts a ledger that has a thread of its own into virtual time: each append waits for the disk, and its completion
/// reaches the station at the same virtual instant.
public final class WaitingLedger: RecordPort, Sendable {
    private let ledger: any RecordPort
    private let answers: Answers

    /// `make` gets the sink that the real ledger is to answer to; `station` is where the answers go on to.
    public init(
        station: any EventSink, make: (any EventSink) throws -> any RecordPort
    ) rethrows {
        answers = Answers(station: station)
        ledger = try make(answers)
    }

    public func append(_ token: RecordToken, _ record: LedgerRecord) {
        ledger.append(token, record)
        answers.wait(for: token)
    }

    private final class Answers: EventSink, Sendable {
        private let station: any EventSink
        private let waiting = Mutex<[StationEvent]>([])
        private let semaphore: Semaphore

        init(station: any EventSink) {
            self.station = station
            semaphore = Semaphore()
        }

        func post(_ event: StationEvent) {
            waiting.withLock { $0.append(event) }
            semaphore.signal()
        }

        /// Hands on everything up to the token's own answer.
        func wait(for token: RecordToken) {
            var isAnswered = false
            while !isAnswered {
                semaphore.wait()
                let event = waiting.withLock { $0.removeFirst() }
                switch event {
                case .recordStored(let answered, sequence: _), .recordFailed(let answered, _):
                    isAnswered = answered == token
                case .lineChanged, .evidenceArrived, .referencesTaken, .classified, .binLevelRead, .deviceFound,
                    .deviceLost,
                    .driveFaultRead, .diskChanged, .lineFailed, .lineWorked, .commanded, .settingsChanged,
                    .deadlineReached, .stopRequested:
                    break
                }
                station.post(event)
            }
        }
    }

    /// A POSIX semaphore; it must not move in memory.
    private final class Semaphore: @unchecked Sendable {
        // Unchecked: sem_post and sem_wait are safe on any thread, and the pointer never changes.
        private let pointer = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

        init() { sem_init(pointer, 0, 0) }

        deinit {
            sem_destroy(pointer)
            pointer.deallocate()
        }

        func signal() { sem_post(pointer) }

        func wait() {
            while sem_wait(pointer) != 0 {}
        }
    }
}
