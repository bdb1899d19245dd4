import StationConfig
import StationPorts
import TestSupport
import Testing
import Vocabulary

@testable import Hardware

struct MotionCutTests {
    let chip = ScriptedChip()
    let clock = MovedClock()
    let lines: DebouncedLines

    init() throws {
        let settings = LineSettings(
            backend: .chip(path: "-"),
            inputs: [
                .emergencyStopCircuitClosed: LineAssignment(offset: 0, debounce: .milliseconds(5)),
                .doorClosed: LineAssignment(offset: 1, debounce: .milliseconds(20)),
                .entryBeam: LineAssignment(offset: 2, debounce: .milliseconds(5)),
            ],
            outputs: [
                .gate: LineAssignment(offset: 3), .conveyorForward: LineAssignment(offset: 4),
                .lampGreen: LineAssignment(offset: 5), .heartbeat: LineAssignment(offset: 6),
            ])
        lines = DebouncedLines(settings, chip, clock: clock, logger: silentLogger)
        chip.levels = [.emergencyStopCircuitClosed: true, .doorClosed: true]
        _ = changes()
        for line in [OutputLine.conveyorForward, .lampGreen, .heartbeat] { try lines.set(line, isOn: true) }
        clock.advance(by: .seconds(1))
    }

    func changes(after duration: Duration = .zero) -> [LineChange] {
        clock.advance(by: duration)
        return lines.takeChanges(at: clock.now)
    }

    @Test(arguments: [InputLine.emergencyStopCircuitClosed, .doorClosed])
    func `an interlock's first opening edge stops all motion, and is believed later`(line: InputLine) {
        chip.move(line, to: false, at: clock.now)
        #expect(changes() == [])
        #expect(chip.outputs == [.gate: false, .conveyorForward: false, .lampGreen: true, .heartbeat: true])
        #expect(chip.writes.last == ScriptedChip.Write(lines: [.conveyorForward], isOn: false))
        #expect(changes(after: .milliseconds(20)) == [.level(line, isActive: false)])
        #expect(chip.outputs[.conveyorForward] == false)
    }

    @Test func `an interlock that only rang costs a pause of its debounce time`() {
        chip.move(.doorClosed, to: false, at: clock.now)
        chip.move(.doorClosed, to: true, at: clock.now)
        #expect(changes() == [])
        #expect(chip.outputs[.conveyorForward] == false)
        #expect(changes(after: .milliseconds(19)) == [])
        #expect(chip.outputs[.conveyorForward] == false)
        #expect(changes(after: .milliseconds(1)) == [])
        #expect(chip.outputs == [.gate: false, .conveyorForward: true, .lampGreen: true, .heartbeat: true])
        #expect(lines.counters[.doorClosed]?.bounces == 2)
    }

    @Test func `what is commanded while motion is cut waits for the interlock, lamps do not`() throws {
        chip.move(.doorClosed, to: false, at: clock.now)
        chip.move(.doorClosed, to: true, at: clock.now)
        _ = changes()
        try lines.set(.conveyorForward, isOn: false)
        try lines.set(.gate, isOn: true)
        try lines.set(.lampGreen, isOn: false)
        #expect(chip.outputs == [.gate: false, .conveyorForward: false, .lampGreen: false, .heartbeat: true])
        _ = changes(after: .milliseconds(20))
        #expect(chip.outputs == [.gate: true, .conveyorForward: false, .lampGreen: false, .heartbeat: true])
    }

    @Test func `nothing moves while another interlock is still in doubt`() {
        chip.move(.emergencyStopCircuitClosed, to: false, at: clock.now)
        chip.move(.emergencyStopCircuitClosed, to: true, at: clock.now)
        _ = changes()
        chip.move(.doorClosed, to: false, at: clock.now + .milliseconds(4))
        _ = changes(after: .milliseconds(4))
        // The circuit has been quiet long enough, the door has not.
        _ = changes(after: .milliseconds(10))
        #expect(chip.outputs[.conveyorForward] == false)
        #expect(changes(after: .milliseconds(10)) == [.level(.doorClosed, isActive: false)])
        #expect(chip.outputs[.conveyorForward] == false)
    }

    @Test func `an opening whose edge was dropped stops all motion as well`() {
        chip.levels[.doorClosed] = false
        chip.doubtful = [.doorClosed]
        #expect(changes() == [])
        #expect(chip.outputs[.conveyorForward] == false)
    }

    @Test func `after an opened interlock nothing moves by itself, even when the chip comes back`() {
        chip.move(.doorClosed, to: false, at: clock.now)
        _ = changes()
        _ = changes(after: .milliseconds(20))
        chip.failure = DebouncedLinesTests.gone
        _ = changes()
        chip.move(.doorClosed, to: false, at: clock.now)
        #expect(lines.takeChanges(at: clock.now, ready: .all) == [])
        chip.failure = nil
        _ = changes(after: .seconds(10))
        #expect(chip.firstLevels.last?[.conveyorForward] == false)
        #expect(chip.firstLevels.last?[.lampGreen] == true)
    }

    @Test func `a beam's edge stops nothing`() {
        chip.move(.entryBeam, to: true, at: clock.now)
        chip.move(.entryBeam, to: false, at: clock.now)
        _ = changes()
        #expect(chip.outputs[.conveyorForward] == true)
    }
}
