import Glibc
import StationConfig
import StationPorts
import TestSupport
import Testing
import Vocabulary

@testable import Hardware

struct DebouncerTests {
    @Test func `a level is believed after it has held for the debounce time`() {
        var debouncer = Debouncer(debounce: .milliseconds(5), level: false)
        #expect(debouncer.deadline == nil)
        debouncer.edgeSeen(to: true, at: .at(10))
        #expect(debouncer.deadline == .at(15))
        #expect(debouncer.levelRead(true, at: .at(14)) == nil)
        #expect(debouncer.levelRead(true, at: .at(15)) == true)
        #expect(debouncer.level && debouncer.deadline == nil)
    }

    @Test func `bouncing puts the decision off`() {
        var debouncer = Debouncer(debounce: .milliseconds(5), level: false)
        for (millisecond, level) in [(10, true), (11, false), (12, true)] {
            debouncer.edgeSeen(to: level, at: .at(Int64(millisecond)))
        }
        #expect(debouncer.deadline == .at(17))
        #expect(debouncer.levelRead(true, at: .at(17)) == true)
    }

    @Test func `a glitch changes nothing`() {
        var debouncer = Debouncer(debounce: .milliseconds(5), level: false)
        debouncer.edgeSeen(to: true, at: .at(10))
        debouncer.edgeSeen(to: false, at: .at(11))
        #expect(debouncer.levelRead(false, at: .at(16)) == nil)
        #expect(!debouncer.level && debouncer.deadline == nil)
    }

    @Test func `after an overflow the level that was read is what counts`() {
        var debouncer = Debouncer(debounce: .milliseconds(5), level: false)
        debouncer.edgeSeen(to: false, at: .at(10))  // the last edge that fitted in; a rising one was dropped
        #expect(debouncer.levelRead(true, at: .at(15)) == nil)
        #expect(debouncer.deadline == .at(20))
        #expect(debouncer.levelRead(true, at: .at(20)) == true)
    }
}

/// A chip whose lines the test moves and whose calls it lets fail.
final class ScriptedChip: LineBackend {
    let name = "/dev/scripted"
    let pollDescriptors: [Int32] = []
    var levels: [InputLine: Bool] = [:]
    var outputs: [OutputLine: Bool] = [:]
    var edges: [LineEdge] = []
    var refused: Set<StationLine> = []
    var failure: PortError?

    private func fail() throws(PortError) { if let failure { throw failure } }

    func open() throws(PortError) { try fail() }

    func request(_ line: StationLine) throws(PortError) {
        if refused.contains(line) { throw PortError(.busy, "\(line.name) is busy") }
        if case .output(let output) = line { outputs[output] = false }
    }

    func takeEdges() throws(PortError) -> [LineEdge] {
        try fail()
        defer { edges = [] }
        return edges
    }

    func isActive(_ line: InputLine) throws(PortError) -> Bool {
        try fail()
        return levels[line] ?? false
    }

    func write(_ line: OutputLine, isOn: Bool) throws(PortError) {
        try fail()
        outputs[line] = isOn
    }

    func close() { outputs = outputs.mapValues { _ in false } }

    func move(_ line: InputLine, to level: Bool, at now: Instant) {
        levels[line] = level
        edges.append(LineEdge(line: line, isActive: level, at: now))
    }
}

struct DebouncedLinesTests {
    static let gone = PortError(.disconnected, "gone")
    let chip = ScriptedChip()
    let clock = MovedClock()
    let lines: DebouncedLines

    init() {
        let settings = LineSettings(
            backend: .chip(path: "-"),
            inputs: [.entryBeam: LineAssignment(offset: 0), .doorClosed: LineAssignment(offset: 1)],
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
            changes() == [.level(.entryBeam, isActive: false), .level(.doorClosed, isActive: true)])
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
                .worked(line: "/dev/scripted"), .level(.entryBeam, isActive: false),
                .level(.doorClosed, isActive: false),
            ])
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
                .level(.doorClosed, isActive: false),
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
