import Glibc
import Station
import StationPorts
import StationRuntime
import TestSupport
import Testing
import Vocabulary

/// What users of comparable systems complain of, where the control loop is the remedy. The names in brackets are the
/// threads of docs/field-complaints.md.
struct FieldComplaintTests {
    @Test func `a device that flaps for a day does not flood the log (EVerest 523)`() {
        let (lines, journal, mailbox, recorder) = (FakeLines(), Journal(), Mailbox(), LogRecorder())
        var settings = IntakeSettings.oneBin
        settings.requiredDevices = ["scale"]
        let controller = Controller(
            settings: settings, lines: lines, devices: FakeDevices(journal: journal),
            ledger: FakeLedger(journal: journal, sink: mailbox), classifier: FakeClassifier(), clock: SystemClock(),
            board: SnapshotBoard(), logger: recorder.logger)
        var now = Instant.zero
        func deliver(_ event: StationEvent) {
            controller.deliver(event, at: now)
            for answer in mailbox.takeAll() { controller.deliver(answer, at: now) }
        }
        let active: Set<InputLine> = [.doorClosed, .emergencyStopCircuitClosed, .diverterHome]
        for line in InputLine.allCases { lines.change(.level(line, isActive: active.contains(line))) }
        controller.takeLineChanges(at: now)
        while now < Instant.zero + .seconds(86_400) {
            deliver(.deviceLost("scale", .timeout))
            now = now + .seconds(10)
            deliver(.deviceFound("scale"))
            now = now + .seconds(10)
            if let deadline = controller.nextDeadline, deadline <= now { deliver(.deadlineReached) }
        }
        // One fault, and the mode that follows it there and back.
        let limit = 24 * 3 * (RepeatLimit.linesLimit + 1) + RepeatLimit.linesLimit
        #expect(journal.all.count > 10_000, "the ledger has it all")
        #expect(recorder.lines.count <= limit, "\(recorder.lines.count)")
        #expect(
            recorder.lines.contains {
                $0.contains(" lines about fault deviceLost scale were left out. The last was: fault")
            })
    }

    @Test func `the station's clock is the one that no step of the wall clock moves (portduino 78)`() {
        func monotonic() -> Int64 {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        }
        let before = monotonic()
        let now = SystemClock().now.nanoseconds
        let after = monotonic()
        #expect(before <= now && now <= after)
    }
}
