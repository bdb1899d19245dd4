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

    private struct Question {
        var passage: PassageID
        var device: DeviceID
    }

    private enum State {
        case resting
        case running(NamedThread, questions: [Question])
        /// Nothing new is taken; the thread answers what is left and ends.
        case stopping(questions: [Question])
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
            state = .running(essential { try NamedThread("bus-\(name)") { self.run() } }, questions: [])
        }
    }

    /// Waits for the exchange under way and the end of the thread; what was still asked is answered as not connected.
    func stop() {
        let thread: NamedThread? = state.withLock { state in
            guard case .running(let thread, let questions) = state else { return nil }
            state = .stopping(questions: questions)
            return thread
        }
        guard let thread else { return }
        doorbell.ring()
        thread.join()
        state.withLock { $0 = .resting }
    }

    /// - Returns: false if the question cannot be taken up; then no answer will come from here.
    func ask(_ passage: PassageID, _ device: DeviceID) -> Bool {
        let isTaken = state.withLock { state in
            guard case .running(let thread, var questions) = state, questions.count < Self.questionsLimit else {
                return false
            }
            questions.append(Question(passage: passage, device: device))
            state = .running(thread, questions: questions)
            return true
        }
        if isTaken { doorbell.ring() }
        return isTaken
    }

    /// - Returns: what was asked since the last call, and whether the thread is to end.
    private func takeQuestions() -> (questions: [Question], isStopping: Bool) {
        state.withLock { state in
            switch state {
            case .resting:
                // Cannot be: the thread is made under the lock and joined before the state rests again.
                return ([], true)
            case .running(let thread, let questions):
                state = .running(thread, questions: [])
                return (questions, false)
            case .stopping(let questions):
                state = .stopping(questions: [])
                return (questions, true)
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
            let (questions, isStopping) = takeQuestions()
            for question in questions { scheduler.measure(question.passage, question.device, at: clock.now) }
            if isStopping { break }
            publish(&scheduler)
            let step = scheduler.next(at: clock.now)
            publish(&scheduler)
            switch step {
            case .connect: session.connect(link, &scheduler, clock)
            case .silence(let until): keepSilent(until: until, by: clock)
            case .exchange(let request, let unit, let timing):
                session.exchange(request, unit, within: timing, link, &scheduler, clock)
            case .wait(let until): doorbell.wait(atMost: until.map { clock.now.duration(to: $0).inNanoseconds })
            }
        }
        link.close()
        scheduler.stop(at: clock.now)
        publish(&scheduler)
    }

    private func publish(_ scheduler: inout BusScheduler) {
        for (device, readings) in scheduler.takeReadings() { board.publish(device, readings) }
        for event in scheduler.takeEvents() {
            log(event)
            sink.post(event)
        }
    }

    private func log(_ event: StationEvent) {
        switch event {
        case .deviceFound(let device):
            logger.info("Device \(device) on bus \(name) answers.")
        case .deviceLost(let device, let failure):
            logger.warning("Device \(device) on bus \(name) does not answer as it should: \(failure.rawValue).")
        // What devices say is the ledger's to keep, not the log's.
        case .evidenceArrived, .binLevelRead, .driveFaultRead:
            break
        // A bus makes none of these.
        case .lineChanged, .classified, .recordStored, .recordFailed, .diskChanged, .lineFailed, .lineWorked,
            .commanded, .settingsChanged, .deadlineReached, .stopRequested:
            break
        }
    }
}
