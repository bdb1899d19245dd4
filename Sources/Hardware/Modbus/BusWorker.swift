import CLinux
import Logging
import Station
import StationPorts
import Synchronization
import Threads
import Vocabulary

/// One bus with the thread that makes all its blocking calls.
final class BusWorker: Sendable {
    /// Questions that may wait for the thread; it takes them up after the exchange under way.
    static let questionsLimit = 64
    static let partingAttempts = 2

    private enum Question {
        case item(PassageID, DeviceID)
        case references(DeviceID)
    }

    /// What waits for the thread.
    private struct Inbox {
        var questions: [Question] = []
        /// By device and channel: the newest command of each counts, so there are never more than channels.
        var commands: [DeviceID: [Int: Bool]] = [:]
    }

    private enum State {
        case resting
        case running(NamedThread, Inbox)
        /// Nothing new is taken; the thread answers what is left and ends.
        case stopping(Inbox)
    }

    private let name: String
    private let makeLink: @Sendable () -> any ModbusLink
    private let makeScheduler: @Sendable (Instant) -> BusScheduler
    private let sink: any EventSink
    private let board: ReadingBoard
    private let clock: any MonotonicClock
    private let logger: Logger
    private let doorbell = essential { try Doorbell() }
    private let state = Mutex(State.resting)

    init(
        name: String, sink: any EventSink, board: ReadingBoard, clock: any MonotonicClock, logger: Logger,
        makeLink: @escaping @Sendable () -> any ModbusLink,
        makeScheduler: @escaping @Sendable (Instant) -> BusScheduler
    ) {
        self.name = name
        self.sink = sink
        self.board = board
        self.clock = clock
        self.logger = logger
        self.makeLink = makeLink
        self.makeScheduler = makeScheduler
    }

    /// Does nothing if it runs already.
    func start() {
        state.withLock { state in
            guard case .resting = state else { return }
            state = .running(essential { try NamedThread("bus-\(name)") { self.run() } }, Inbox())
        }
    }

    /// Waits for the exchange under way and the end of the thread; what was still asked is answered as not connected.
    func stop() {
        let thread: NamedThread? = state.withLock { state in
            guard case .running(let thread, let inbox) = state else { return nil }
            state = .stopping(inbox)
            return thread
        }
        guard let thread else { return }
        doorbell.ring()
        thread.join()
        state.withLock { $0 = .resting }
    }

    /// - Returns: false if the question cannot be taken up; then no answer will come from here.
    func ask(_ passage: PassageID, _ device: DeviceID) -> Bool {
        leave(.item(passage, device))
    }

    /// - Returns: false if the device's references cannot be asked for; then no answer will come from here.
    func takeReferences(_ device: DeviceID) -> Bool {
        leave(.references(device))
    }

    private func leave(_ question: Question) -> Bool {
        leave { inbox in
            guard inbox.questions.count < Self.questionsLimit else { return false }
            inbox.questions.append(question)
            return true
        }
    }

    /// - Returns: false if nothing is commanded any longer.
    func command(_ device: DeviceID, channel: Int, isOn: Bool) -> Bool {
        leave { inbox in
            inbox.commands[device, default: [:]][channel] = isOn
            return true
        }
    }

    private func leave(_ body: (inout Inbox) -> Bool) -> Bool {
        let isTaken = state.withLock { state in
            guard case .running(let thread, var inbox) = state, body(&inbox) else { return false }
            state = .running(thread, inbox)
            return true
        }
        if isTaken { doorbell.ring() }
        return isTaken
    }

    /// - Returns: what came since the last call, and whether the thread is to end.
    private func takeInbox() -> (inbox: Inbox, isStopping: Bool) {
        state.withLock { state in
            switch state {
            case .resting:
                // Cannot be: the thread is made under the lock and joined before the state rests again.
                return (Inbox(), true)
            case .running(let thread, let inbox):
                state = .running(thread, Inbox())
                return (inbox, false)
            case .stopping(let inbox):
                state = .stopping(Inbox())
                return (inbox, true)
            }
        }
    }

    /// The thread's loop.
    private func run() {
        linux_sharpen_timers()
        let link = makeLink()
        var scheduler = makeScheduler(clock.now)
        var session = BusSession(name: name, logger: logger)
        while true {
            let (inbox, isStopping) = takeInbox()
            for (device, outputs) in inbox.commands { scheduler.command(outputs, of: device) }
            for question in inbox.questions {
                switch question {
                case .item(let passage, let device): scheduler.measure(passage, device, at: clock.now)
                case .references(let device): scheduler.takeReferences(device, at: clock.now)
                }
            }
            if isStopping { break }
            publish(&scheduler, &session)
            session.tellLeftOut(at: clock.now)
            let step = scheduler.next(at: clock.now)
            publish(&scheduler, &session)
            switch step {
            case .connect: session.connect(link, &scheduler, clock)
            case .silence(let until): keepSilent(until: until, by: clock)
            case .exchange(let request, let unit, let timing):
                session.exchange(request, unit, within: timing, link, &scheduler, clock)
            case .wait(let until): doorbell.wait(atMost: until.map { clock.now.duration(to: $0).inNanoseconds })
            }
        }
        part(scheduler, link)
        link.close()
        scheduler.stop(at: clock.now)
        publish(&scheduler, &session)
    }

    /// Leaves devices with outputs in their safe state.
    private func part(_ scheduler: BusScheduler, _ link: any ModbusLink) {
        for parting in scheduler.partings where !part(parting, scheduler.timing.badFrameSilence, link) {
            logger.warning("The outputs of device \(parting.device) on bus \(name) could not be switched off.")
        }
    }

    private func part(_ parting: BusScheduler.Parting, _ silence: Duration, _ link: any ModbusLink) -> Bool {
        for _ in 0..<Self.partingAttempts {
            keepSilent(until: clock.now + silence, by: clock)
            link.flush()
            if (try? link.exchange(parting.request, unit: parting.unit, within: parting.timing)) != nil { return true }
        }
        return false
    }

    private func publish(_ scheduler: inout BusScheduler, _ session: inout BusSession) {
        for (device, readings) in scheduler.takeReadings() { board.publish(device, readings) }
        for event in scheduler.takeEvents() {
            session.tell(event, at: clock.now)
            sink.post(event)
        }
    }
}
