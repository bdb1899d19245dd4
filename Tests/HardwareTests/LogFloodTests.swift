import Modbus
import Station
import StationConfig
import StationPorts
import TestSupport
import Testing
import Vocabulary

@testable import Hardware

/// A link that goes after every answer, and comes back at once.
private final class FlappingLink: ModbusLink {
    var connects = 0
    private var answersNext = false

    func connect() throws(PortError) {
        connects += 1
        answersNext = true
    }

    func exchange(
        _ request: ModbusRequest, unit: UInt8, within timing: ExchangeTiming
    ) throws(ExchangeFailure) -> ModbusAnswer {
        guard answersNext else { throw .disconnected(PortError(.disconnected, "The cable is loose.")) }
        answersNext = false
        return .registers([40, 0, 0])
    }

    var hasStrayInput: Bool { false }
    func flush() {}
    func close() {}
}

/// A loose cable makes a bus, its devices and a chip flap for a day. The thread is named in docs/field-complaints.md.
struct LogFloodTests {
    private static let day = Instant.zero + .seconds(86_400)
    private let recorder = LogRecorder()
    private let clock = MovedClock()

    /// At most the limit of each window and the line that says what was left out.
    private func limit(subjects: Int) -> Int { 24 * subjects * (RepeatLimit.linesLimit + 1) }

    @Test func `a bus and a device that flap all day do not flood the log (EVerest 523)`() {
        let link = FlappingLink()
        var session = BusSession(name: "rs485", logger: recorder.logger)
        var scheduler = ScriptedBus([(1, .elsnerSO250)]).scheduler
        var transitions = 0
        while clock.now < Self.day {
            session.tellLeftOut(at: clock.now)
            switch scheduler.next(at: clock.now) {
            case .connect:
                clock.advance(by: .milliseconds(1))
                session.connect(link, &scheduler, clock)
            case .exchange(let request, let unit, let timing):
                clock.advance(by: .milliseconds(10))
                session.exchange(request, unit, within: timing, link, &scheduler, clock)
            case .silence(let until), .wait(let until?):
                clock.advance(by: clock.now.duration(to: until))
            case .wait(nil):
                Issue.record("the scheduler waits for ever")
                return
            }
            for event in scheduler.takeEvents() {
                session.tell(event, at: clock.now)
                if case .deviceFound = event { transitions += 1 }
            }
        }
        #expect(link.connects > 10_000 && transitions > 10_000)
        #expect(recorder.lines.count <= limit(subjects: 2))
        #expect(recorder.lines.count >= 24 * 2 * RepeatLimit.linesLimit - 20)
        #expect(
            recorder.lines.contains { $0.contains(" lines about bus rs485 were left out. The last was: Bus rs485 is") })
        #expect(
            recorder.lines.contains { $0.contains(" lines about device d1 were left out. The last was: Device d1") })
    }

    @Test func `a chip that flaps all day does not flood the log (EVerest 523)`() {
        let chip = ScriptedChip()
        let settings = LineSettings(
            backend: .chip(path: "-"), inputs: [.entryBeam: LineAssignment(offset: 0)], outputs: [:])
        let lines = DebouncedLines(settings, chip, clock: clock, logger: recorder.logger)
        var changes = 0
        while clock.now < Self.day {
            chip.failure = chip.failure == nil ? PortError(.disconnected, "The chip is gone.") : nil
            changes += lines.takeChanges(at: clock.now).count
            clock.advance(by: DebouncedLines.retryCap)
        }
        #expect(changes > 5000)
        #expect(recorder.lines.count <= limit(subjects: 1))
        #expect(
            recorder.lines.contains { $0.contains(" lines about line /dev/scripted were left out. The last was: ") })
    }
}
