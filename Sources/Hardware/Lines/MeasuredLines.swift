import Logging
import StationConfig
import StationPorts
import Vocabulary

/// Sees what goes over a chip, for the benchmarks. Called on the thread of the lines.
package protocol LineWatch: Sendable {
    /// The kernel's time of an edge that has just been read.
    func edgeTaken(of line: InputLine, isActive: Bool, at time: Instant)
    /// Right after the call that set the lines.
    func written(_ lines: OutputLines, isOn: Bool)
}

/// A kernel chip's lines as the daemon has them, watched.
package func makeMeasuredLines(
    chip path: String, _ settings: LineSettings, clock: any MonotonicClock, logger: Logger, watch: any LineWatch
) -> DebouncedLines {
    DebouncedLines(settings, WatchedChip(ChipLines(path: path, settings), watch), clock: clock, logger: logger)
}

private final class WatchedChip: LineBackend {
    private let chip: ChipLines
    private let watch: any LineWatch

    init(_ chip: ChipLines, _ watch: any LineWatch) { (self.chip, self.watch) = (chip, watch) }

    var name: String { chip.name }
    var pollDescriptors: [Int32] { chip.pollDescriptors }
    func open() throws(PortError) { try chip.open() }
    func close() { chip.close() }
    func isActive(_ line: InputLine) throws(PortError) -> Bool { try chip.isActive(line) }

    func request(_ inputs: [InputLine], _ outputs: [OutputLine: Bool]) -> [StationLine: PortError] {
        chip.request(inputs, outputs)
    }

    func takeEdges(_ ready: ReadyDescriptors, into edges: inout [LineEdge]) throws(PortError) -> [InputLine] {
        let earlier = edges.count
        let doubtful = try chip.takeEdges(ready, into: &edges)
        for edge in edges[earlier...] { watch.edgeTaken(of: edge.line, isActive: edge.isActive, at: edge.at) }
        return doubtful
    }

    func write(_ lines: OutputLines, isOn: Bool) throws(PortError) {
        try chip.write(lines, isOn: isOn)
        watch.written(lines, isOn: isOn)
    }
}
