import Logging
import Station
import StationPorts
import Threads
import Vocabulary

/// The one thread that owns the station: polls the lines itself, takes what other threads left in the mailbox, moves
/// the machines, toggles the heartbeat and feeds the watchdog.
public final class ControlLoop: Sendable {
    /// The external relay must see an edge at least this often; it cuts the motors after a few that fail to come.
    public static let heartbeatPeriod: Duration = .milliseconds(500)

    /// Everything that the loop works with. Lines belong to the loop's thread, so they are made there.
    public struct Parts: Sendable {
        public var settings: IntakeSettings
        /// `possible` if the last item that the ledger knows of was cut off on its way.
        public var leftover: Leftover
        /// What the near-infrared head read of tagged items in earlier runs, oldest first.
        public var knownReadings: [KnownReading]
        public var makeLines: @Sendable () -> any LinePort
        public var devices: any MeasuringPort
        public var ledger: any RecordPort
        public var classifier: any Classifier
        public var supervisor: any SupervisorPort
        public var clock: any MonotonicClock
        public var mailbox: Mailbox
        public var board: SnapshotBoard
        public var logger: Logger

        public init(
            settings: IntakeSettings, leftover: Leftover = .none, knownReadings: [KnownReading] = [],
            makeLines: @escaping @Sendable () -> any LinePort, devices: any MeasuringPort, ledger: any RecordPort,
            classifier: any Classifier, supervisor: any SupervisorPort, clock: any MonotonicClock, mailbox: Mailbox,
            board: SnapshotBoard, logger: Logger
        ) {
            self.settings = settings
            self.leftover = leftover
            self.knownReadings = knownReadings
            self.makeLines = makeLines
            self.devices = devices
            self.ledger = ledger
            self.classifier = classifier
            self.supervisor = supervisor
            self.clock = clock
            self.mailbox = mailbox
            self.board = board
            self.logger = logger
        }
    }

    private let parts: Parts

    public init(_ parts: Parts) {
        self.parts = parts
    }

    /// Starts the thread; `whenFinished` is called on it after the last output is off and the lines are given back.
    public func start(whenFinished: @escaping @Sendable () -> Void) {
        let thread = essential {
            try NamedThread("control") { [parts] in
                Self.operate(parts)
                whenFinished()
            }
        }
        thread.detach()
    }

    /// The lines live as long as this runs.
    private static func operate(_ parts: Parts) {
        var run = Run(parts)
        while !run.isFinished { run.turn() }
        run.end()
    }

    /// The state of a running loop, on its thread.
    struct Run: ~Copyable {
        private let parts: Parts
        private let lines: any LinePort
        private let controller: Controller
        private var heartbeatIsOn = false
        private var heartbeatAt: Instant
        private var keepAliveAt: Instant?
        private var isReady = false
        /// The mailbox, then the lines; kept from turn to turn.
        private var watch: DescriptorWatch = essential { () throws(SystemRefusal) in try DescriptorWatch() }
        private var lineDescriptors: [Int32] = []
        private var readyLines = ReadyDescriptors.all
        private var hasMail = true

        init(_ parts: Parts) {
            self.parts = parts
            lines = parts.makeLines()
            controller = Controller(
                settings: parts.settings, leftover: parts.leftover, knownReadings: parts.knownReadings, lines: lines,
                devices: parts.devices, ledger: parts.ledger, classifier: parts.classifier, clock: parts.clock,
                board: parts.board, logger: parts.logger)
            heartbeatAt = parts.clock.now
            keepAliveAt = parts.supervisor.keepAlivePeriod.map { _ in parts.clock.now }
        }

        var isFinished: Bool { controller.isFinished }

        /// Waits for the next thing to happen and handles all that has.
        mutating func turn() {
            let now = parts.clock.now
            controller.takeLineChanges(at: now, ready: readyLines)
            if hasMail {
                for event in parts.mailbox.takeAll() { controller.deliver(event, at: now) }
            }
            if let deadline = controller.nextDeadline, deadline <= now {
                controller.deliver(.deadlineReached, at: now)
            }
            beat(at: now)
            keepAlive(at: now)
            if !isReady {
                isReady = true
                parts.supervisor.ready("mode \(controller.state.mode.name.rawValue)")
            }
            if !isFinished { wait() }
        }

        private mutating func beat(at now: Instant) {
            guard now >= heartbeatAt else { return }
            heartbeatAt = now + ControlLoop.heartbeatPeriod
            heartbeatIsOn.toggle()
            // A heartbeat that cannot be set needs no fault of its own: the chip's failure has one.
            try? lines.set(.heartbeat, isOn: heartbeatIsOn)
            controller.retryOutputs(at: now)
            controller.publishCounters()
        }

        private mutating func keepAlive(at now: Instant) {
            guard let due = keepAliveAt, let period = parts.supervisor.keepAlivePeriod, now >= due else { return }
            keepAliveAt = now + period
            parts.supervisor.keepAlive()
        }

        private mutating func wait() {
            watchDescriptors()
            let ready = watch.wait(atMost: nanosecondsToNextDeadline)
            hasMail = ready.places & 1 != 0
            readyLines = ReadyDescriptors(places: ready.places >> 1, brokenPlaces: ready.broken >> 1)
        }

        private var nanosecondsToNextDeadline: Int64 {
            var earliest = heartbeatAt
            if let deadline = controller.nextDeadline { earliest = min(earliest, deadline) }
            if let deadline = lines.nextDeadline { earliest = min(earliest, deadline) }
            if let keepAliveAt { earliest = min(earliest, keepAliveAt) }
            return max(0, earliest.nanoseconds - parts.clock.now.nanoseconds)
        }

        /// The descriptors change when a chip goes and comes, and hardly ever else.
        private mutating func watchDescriptors() {
            let current = lines.pollDescriptors
            guard watch.descriptors.isEmpty || current != lineDescriptors else { return }
            lineDescriptors = current
            essential {
                try watch.watch([parts.mailbox.wakeDescriptor] + current.prefix(DescriptorWatch.limit - 1))
            }
        }

        func end() {
            lines.makeSafe()
            try? lines.set(.heartbeat, isOn: false)
        }
    }
}
