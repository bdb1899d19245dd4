import StationPorts
import Vocabulary

@testable import Hardware

/// A chip whose lines the test moves and whose calls it lets fail.
final class ScriptedChip: LineBackend {
    /// One call that reached the chip.
    struct Write: Equatable {
        var lines: OutputLines
        var isOn: Bool
    }

    let name = "/dev/scripted"
    let pollDescriptors: [Int32] = [-1]
    var levels: [InputLine: Bool] = [:]
    var outputs: [OutputLine: Bool] = [:]
    var edges: [LineEdge] = []
    /// Lines of which edges were dropped.
    var doubtful: [InputLine] = []
    var refused: Set<StationLine> = []
    var failure: PortError?
    private(set) var writes: [Write] = []
    /// The levels with which outputs became outputs.
    private(set) var firstLevels: [[OutputLine: Bool]] = []
    private(set) var edgeReads = 0

    private func fail() throws(PortError) { if let failure { throw failure } }

    func open() throws(PortError) { try fail() }

    func request(_ inputs: [InputLine], _ outputs: [OutputLine: Bool]) -> [StationLine: PortError] {
        firstLevels.append(outputs)
        for (line, isOn) in outputs where !refused.contains(.output(line)) { self.outputs[line] = isOn }
        return Dictionary(uniqueKeysWithValues: refused.map { ($0, PortError(.busy, "\($0.name) is busy")) })
    }

    func takeEdges(_ ready: ReadyDescriptors, into taken: inout [LineEdge]) throws(PortError) -> [InputLine] {
        try fail()
        edgeReads += 1
        taken += edges
        edges = []
        defer { doubtful = [] }
        return doubtful
    }

    func isActive(_ line: InputLine) throws(PortError) -> Bool {
        try fail()
        return levels[line] ?? false
    }

    func write(_ lines: OutputLines, isOn: Bool) throws(PortError) {
        try fail()
        guard !lines.isEmpty else { return }
        writes.append(Write(lines: lines, isOn: isOn))
        for line in lines { outputs[line] = isOn }
    }

    func close() { outputs = outputs.mapValues { _ in false } }

    func move(_ line: InputLine, to level: Bool, at now: Instant) {
        levels[line] = level
        edges.append(LineEdge(line: line, isActive: level, at: now))
    }
}
