import Glibc
import StationConfig
import StationPorts
import TestSupport
import Testing
import Vocabulary

@testable import Hardware

struct DebouncedLinesTests {
    static let gone = PortError(.disconnected, "gone")
    let chip = ScriptedChip()
    let clock = MovedClock()
    let lines: DebouncedLines

    init() {
        let settings = LineSettings(
            backend: .chip(path: "-"),
            inputs: [
                .entryBeam: LineAssignment(offset: 0), .doorClosed: LineAssignment(offset: 1),
                .metal: LineAssignment(offset: 5, debounce: .zero),
            ],
            outputs: [
                .gate: LineAssignment(offset: 2), .conveyorForward: LineAssignment(offset: 3),
                .heartbeat: LineAssignment(offset: 4),
            ])
        lines = DebouncedLines(settings, chip, clock: clock, logger: silentLogger)
    }

    func changes(after duration: Duration = .zero) -> [LineChange] {
        clock.advance(by: duration)
        return lines.takeChanges(at: clock.now)
    }

    @Test func `the first call tells every input's level`() {
        chip.levels = [.doorClosed: true]
        #expect(
            changes() == [
                .level(.entryBeam, isActive: false), .level(.metal, isActive: false),
                .level(.doorClosed, isActive: true),
            ])
        #expect(changes(after: .seconds(60)) == [])
        #expect(lines.nextDeadline == nil)
    }

    @Test func `a change is told when it has settled`() {
        _ = changes()
        clock.advance(by: .milliseconds(100))
        chip.move(.entryBeam, to: true, at: clock.now)
        #expect(changes() == [])
        #expect(lines.nextDeadline == clock.now + .milliseconds(5))
        #expect(changes(after: .milliseconds(5)) == [.level(.entryBeam, isActive: true)])
    }

    @Test func `what passed a beam while the daemon stood still is told, its coming and its going`() {
        _ = changes()
        clock.advance(by: .milliseconds(100))
        chip.move(.entryBeam, to: true, at: clock.now)
        chip.move(.entryBeam, to: false, at: clock.now + .milliseconds(60))
        #expect(
            changes(after: .milliseconds(200)) == [
                .level(.entryBeam, isActive: true), .level(.entryBeam, isActive: false),
            ])
    }

    @Test func `an edge stamped by another clock counts from now`() {
        _ = changes()
        clock.advance(by: .milliseconds(100))
        chip.move(.entryBeam, to: true, at: .at(1_700_000_000_000))
        #expect(changes() == [])
        #expect(changes(after: .milliseconds(5)) == [.level(.entryBeam, isActive: true)])
    }

    @Test func `a missing chip is a change, is retried ever more slowly, and comes back whole`() throws {
        chip.failure = Self.gone
        #expect(changes() == [.failed(line: "/dev/scripted", Self.gone)])
        #expect(throws: PortError.self) { try lines.set(.gate, isOn: true) }
        var waits: [Int64] = []
        for _ in 0..<7 {
            let deadline = try #require(lines.nextDeadline)
            waits.append(clock.now.duration(to: deadline).inMilliseconds)
            #expect(changes(after: clock.now.duration(to: deadline)) == [])
        }
        #expect(waits == [500, 1000, 2000, 4000, 8000, 10_000, 10_000])
        chip.failure = nil
        #expect(
            changes(after: .seconds(10)) == [
                .worked(line: "/dev/scripted"), .level(.entryBeam, isActive: false), .level(.metal, isActive: false),
                .level(.doorClosed, isActive: false),
            ])
        // Each line had its level from the moment when it became an output.
        #expect(chip.firstLevels.last == [.gate: true, .conveyorForward: false, .heartbeat: false])
        #expect(chip.writes == [])
        #expect(chip.outputs == [.gate: true, .conveyorForward: false, .heartbeat: false])
    }

    @Test func `a chip lost at work falls safe and gets its outputs back`() throws {
        _ = changes()
        try lines.set(.gate, isOn: true)
        chip.failure = Self.gone
        #expect(throws: Self.gone) { try lines.set(.conveyorForward, isOn: true) }
        #expect(chip.outputs[.gate] == false)
        lines.makeSafe()
        try? lines.set(.heartbeat, isOn: true)
        chip.failure = nil
        let back = changes(after: .seconds(1))
        #expect(back.first == .failed(line: "/dev/scripted", Self.gone))
        #expect(back.contains(.worked(line: "/dev/scripted")))
        #expect(chip.outputs == [.gate: false, .conveyorForward: false, .heartbeat: true])
    }

    @Test func `one busy line does not keep the others`() throws {
        chip.refused = [.input(.entryBeam), .output(.gate)]
        let busy = PortError(.busy, "entryBeam is busy")
        #expect(
            changes() == [
                .failed(line: "gate", PortError(.busy, "gate is busy")), .failed(line: "entryBeam", busy),
                .level(.metal, isActive: false), .level(.doorClosed, isActive: false),
            ])
        try lines.set(.conveyorForward, isOn: true)
        chip.refused = []
        #expect(
            changes(after: .milliseconds(500)) == [
                .worked(line: "gate"), .level(.entryBeam, isActive: false), .worked(line: "entryBeam"),
            ])
        #expect(chip.outputs[.conveyorForward] == true)
    }

    @Test func `making safe spares the heartbeat, closing does not`() throws {
        _ = changes()
        for line in [OutputLine.gate, .conveyorForward, .heartbeat] { try lines.set(line, isOn: true) }
        lines.makeSafe()
        #expect(chip.outputs == [.gate: false, .conveyorForward: false, .heartbeat: true])
        lines.close()
        #expect(chip.outputs[.heartbeat] == false)
        #expect(lines.nextDeadline == nil)
    }

    @Test func `outputs are set together, and one that cannot be had keeps none of the others`() {
        chip.refused = [.output(.gate)]
        _ = changes()
        let refused = lines.set([.gate, .conveyorForward, .heartbeat, .buzzer], isOn: true)
        #expect(refused.mapValues(\.code) == [.gate: .busy, .buzzer: .notFound])
        #expect(chip.writes == [ScriptedChip.Write(lines: [.conveyorForward, .heartbeat], isOn: true)])
        lines.makeSafe()
        #expect(chip.writes.last == ScriptedChip.Write(lines: [.conveyorForward], isOn: false))
        #expect(chip.writes.count == 2)
    }

    @Test func `without debounce a change is told in the call that takes its edge`() {
        chip.levels = [.metal: false]
        _ = changes()
        clock.advance(by: .milliseconds(100))
        chip.move(.metal, to: true, at: clock.now)
        #expect(changes() == [.level(.metal, isActive: true)])
        #expect(lines.nextDeadline == nil)
    }

    @Test func `edges are read only when their descriptor is ready`() {
        _ = changes()
        let reads = chip.edgeReads
        chip.move(.metal, to: true, at: clock.now)
        #expect(lines.takeChanges(at: clock.now, ready: .none) == [])
        #expect(chip.edgeReads == reads)
        var ready = ReadyDescriptors()
        ready.insert(0, isBroken: false)
        #expect(lines.takeChanges(at: clock.now, ready: ready) == [.level(.metal, isActive: true)])
    }

    @Test func `an overflow is recovered by reading levels, even of lines whose only edge was dropped`() {
        _ = changes()
        clock.advance(by: .milliseconds(100))
        chip.move(.entryBeam, to: true, at: clock.now)
        chip.levels[.doorClosed] = true
        chip.doubtful = [.entryBeam, .doorClosed]
        #expect(changes() == [])
        #expect(
            changes(after: .milliseconds(5)) == [
                .level(.entryBeam, isActive: true), .level(.doorClosed, isActive: true),
            ])
        #expect(lines.counters[.doorClosed] == LineCounters(recoveries: 1))
        #expect(lines.counters[.entryBeam] == LineCounters(edges: 1))
    }

    @Test func `a chattering input is a failed line within its limit and works again when it is quiet`() {
        _ = changes()
        var told: [LineChange] = []
        var level = false
        for _ in 0..<1100 {
            clock.advance(by: .milliseconds(2))
            level.toggle()
            chip.move(.entryBeam, to: level, at: clock.now)
            told += lines.takeChanges(at: clock.now)
        }
        let error = PortError(
            .invalidAnswer,
            "Reading line entryBeam of /dev/scripted failed: it keeps ringing and was never quiet for its debounce "
                + "time of 5000 us. Check its sensor and cable, or lengthen the debounce time.")
        #expect(told == [.failed(line: "entryBeam", error)])
        #expect(
            changes(after: .milliseconds(5)) == [.level(.entryBeam, isActive: false), .worked(line: "entryBeam")])
        #expect(lines.counters[.entryBeam] == LineCounters(edges: 1100, bounces: 1100))
    }

    @Test func `counters outlive the chip`() {
        _ = changes()
        chip.move(.metal, to: true, at: clock.now)
        _ = changes()
        chip.failure = Self.gone
        _ = changes()
        #expect(lines.counters[.metal] == LineCounters(edges: 1))
        chip.failure = nil
        _ = changes(after: .seconds(1))
        #expect(lines.counters[.metal] == LineCounters(edges: 1))
    }

    @Test func `a missing chip file is named in the sentence`() throws {
        let settings = LineSettings(
            backend: .chip(path: "/dev/gpiochip-none"), inputs: [.entryBeam: LineAssignment(offset: 0)], outputs: [:])
        let lines = makeLines(settings, clock: clock, logger: silentLogger)
        let error = PortError(
            .notFound,
            "Opening the GPIO chip /dev/gpiochip-none failed: No such file or directory. Check that the device is "
                + "plugged in and the path is right.")
        #expect(lines.takeChanges(at: clock.now) == [.failed(line: "/dev/gpiochip-none", error)])
    }

    @Test func `a refused permission names the group to join`() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/file"
        close(open(path, O_CREAT | O_RDWR, 0o600))
        let file = DeviceFile(path: path, customaryGroup: "gpio")
        // 20 is Debian's dialout; only the superuser may give a file to it.
        let expected = chown(path, uid_t.max, 20) == 0 ? "dialout" : file.group
        let error = file.explain(EACCES, tried: "Opening the serial port")
        #expect(
            error
                == PortError(
                    .noPermission,
                    "Opening the serial port \(path) failed: Permission denied. Add the daemon's user to the group "
                        + "\"\(expected)\" and restart it."))
        #expect(DeviceFile(path: "/nowhere", customaryGroup: "gpio").group == "gpio")
    }
}
