import TestSupport
import Station
import StationPorts
import Testing
import Vocabulary

@testable import StationRuntime

struct ControllerTests {
    let lines = FakeLines()
    let journal = Journal()
    let board = SnapshotBoard()
    let clock = SystemClock()
    let now = Instant(nanoseconds: 5)

    private func controller(_ ledger: FakeLedger) -> Controller {
        Controller(
            settings: .oneBin, lines: lines, devices: FakeDevices(journal: journal), ledger: ledger,
            classifier: FakeClassifier(), clock: clock, board: board, logger: silentLogger)
    }

    private func idle(_ controller: Controller) {
        let active: Set<InputLine> = [.doorClosed, .emergencyStopCircuitClosed, .diverterHome]
        for line in InputLine.allCases { lines.change(.level(line, isActive: active.contains(line))) }
        controller.takeLineChanges(at: now)
        controller.deliver(.deadlineReached, at: now + .seconds(1))
    }

    private func putItemIn(_ controller: Controller) {
        controller.deliver(.lineChanged(.entryBeam, isActive: true), at: now)
        controller.deliver(.lineChanged(.presence, isActive: true), at: now)
        controller.deliver(.lineChanged(.entryBeam, isActive: false), at: now)
    }

    @Test func `effects are carried out in order, the record before any movement`() {
        let controller = controller(FakeLedger(journal: journal, sink: nil))
        idle(controller)
        #expect(lines.on == [.gate, .lampGreen])
        putItemIn(controller)
        let id = PassageID(rawValue: 1)
        for reading: EvidenceReading in [.mass(.missing), .tag(.failed(.timeout, at: now))] {
            controller.deliver(.evidenceArrived(id, reading), at: now)
        }
        controller.deliver(.deadlineReached, at: now + .seconds(9))
        #expect(journal.all.suffix(2) == ["measure nirHead scale tagReader", "append accepted"])
        #expect(controller.state.passage.name == .storing)
        #expect(!lines.on.contains(.conveyorForward))
        // Start and idle append nothing before, so the acceptance has the only token.
        controller.deliver(.recordStored(RecordToken(rawValue: 2), sequence: 9), at: now)
        #expect(lines.on.contains(.conveyorForward))
    }

    @Test func `a level that is no news reaches nobody`() {
        let controller = controller(FakeLedger(journal: journal, sink: nil))
        idle(controller)
        let before = journal.all
        lines.change(.level(.entryBeam, isActive: false))
        controller.takeLineChanges(at: now)
        #expect(journal.all == before)
        #expect(controller.state.mode == .idle)
    }

    @Test func `an output that cannot be set holds the station until it can`() {
        let controller = controller(FakeLedger(journal: journal, sink: nil))
        lines.breakOutput(.gate, isBroken: true)
        idle(controller)
        #expect(controller.state.mode == .held([.lineFailed]))
        controller.retryOutputs(at: now)
        #expect(controller.state.mode == .held([.lineFailed]))
        lines.breakOutput(.gate, isBroken: false)
        controller.retryOutputs(at: now)
        controller.deliver(.deadlineReached, at: now + .seconds(9))
        #expect(controller.state.mode == .idle)
    }

    @Test func `a record that the ledger refuses for hours is one line of the log`() {
        let recorder = LogRecorder()
        let mailbox = Mailbox()
        let controller = Controller(
            settings: .oneBin, lines: lines, devices: FakeDevices(journal: journal),
            ledger: RefusingLedger(sink: mailbox), classifier: FakeClassifier(), clock: clock, board: board,
            logger: recorder.logger)
        idle(controller)
        putItemIn(controller)
        controller.deliver(.lineChanged(.presence, isActive: false), at: now)
        var time = now
        for _ in 0..<1000 {
            for answer in mailbox.takeAll() { controller.deliver(answer, at: time) }
            time = time + .seconds(5)
            controller.deliver(.deadlineReached, at: time)
        }
        #expect(controller.state.mode == .suspended([.diskFull]))
        #expect(recorder.lines.count { $0.hasSuffix("item refused") } == 1, "\(recorder.lines)")
    }

    @Test func `a lost chip is one fault, not one for each of its outputs`() {
        let controller = controller(FakeLedger(journal: journal, sink: nil))
        idle(controller)
        for line in OutputLine.allCases { lines.breakOutput(line, isBroken: true) }
        lines.change(.failed(line: "/dev/gpiochip0", PortError(.disconnected, "The chip is gone.")))
        controller.takeLineChanges(at: now)
        controller.retryOutputs(at: now)
        #expect(board.current.faults == [Fault(.lineFailed, subject: "/dev/gpiochip0")])
        #expect(controller.state.mode == .held([.lineFailed]))

        for line in OutputLine.allCases { lines.breakOutput(line, isBroken: false) }
        lines.change(.worked(line: "/dev/gpiochip0"))
        controller.takeLineChanges(at: now)
        controller.retryOutputs(at: now)
        controller.deliver(.deadlineReached, at: now + .seconds(9))
        #expect(board.current.faults == [])
        #expect(controller.state.mode == .idle)
        #expect(lines.on == [.gate, .lampGreen])
        lines.breakOutput(.gate, isBroken: true)
        putItemIn(controller)
        #expect(board.current.faults == [Fault(.lineFailed, subject: "gate")])
    }

    @Test func `the snapshot shows lost devices with their reason and found ones alive`() {
        let controller = controller(FakeLedger(journal: journal, sink: nil))
        controller.deliver(.deviceLost("scale", .timeout), at: now)
        controller.deliver(.deviceFound("drive"), at: now)
        #expect(board.current.devices["scale"] == .some(.timeout))
        #expect(board.current.devices["drive"] == .some(nil))
        #expect(board.current.devices["other"] == nil)
        controller.deliver(.deviceFound("scale"), at: now)
        #expect(board.current.devices["scale"] == .some(nil))
    }

    @Test func `outputs that change together are set together, what goes off first`() {
        let controller = controller(FakeLedger(journal: journal, sink: nil))
        idle(controller)
        #expect(lines.history.last == "gate lampGreen on")
        controller.deliver(.lineChanged(.serviceKey, isActive: true), at: now)
        #expect(lines.history.suffix(2) == ["gate lampGreen off", "lampRed on"])
    }

    @Test func `the inputs' counters are shown, and kept by every other news`() {
        let controller = controller(FakeLedger(journal: journal, sink: nil))
        lines.count(LineCounters(edges: 9, bounces: 8), of: .entryBeam)
        controller.publishCounters()
        controller.deliver(.deviceFound("drive"), at: now)
        #expect(board.current.lineCounters == [.entryBeam: LineCounters(edges: 9, bounces: 8)])
    }

    @Test func `an emergency stop makes the outputs safe before anything else`() {
        let controller = controller(FakeLedger(journal: journal, sink: nil))
        idle(controller)
        controller.deliver(.lineChanged(.emergencyStopCircuitClosed, isActive: false), at: now)
        #expect(lines.history.suffix(2) == ["safe", "lampRed on"])
        #expect(lines.on == [.lampRed])
    }
}
