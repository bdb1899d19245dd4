import StationConfig
import StationPorts
import Vocabulary

/// A line of either direction.
enum StationLine: Hashable, Sendable {
    case input(InputLine)
    case output(OutputLine)

    var name: String {
        switch self {
        case .input(let line): line.rawValue
        case .output(let line): line.rawValue
        }
    }
}

extension StationLine {
    var isInput: Bool {
        switch self {
        case .input: true
        case .output: false
        }
    }
}

extension LineSettings {
    /// Nil if the configuration gives the line no place.
    func assignment(of line: StationLine) -> LineAssignment? {
        switch line {
        case .input(let input): inputs[input]
        case .output(let output): outputs[output]
        }
    }
}

/// An edge as the kernel or the simulator stamped it; polarity applied.
struct LineEdge: Hashable, Sendable {
    var line: InputLine
    var isActive: Bool
    var at: Instant
    /// Edges of this line that are known to have been dropped right before it.
    var lost: Int64 = 0
}

/// Where the lines really are. Polarity is applied on this side; debouncing, retries and the memory of what was
/// commanded are not. After any error but that of `request` it is closed and opened anew.
protocol LineBackend: AnyObject {
    /// What a failure of the whole is reported under: the path.
    var name: String { get }
    /// Readable when `takeEdges` has something to say.
    var pollDescriptors: [Int32] { get }
    func open() throws(PortError)
    /// Takes lines into use, together where that is possible; outputs have the given level from the moment when they
    /// become outputs. Lines that are in use already are left as they are.
    /// - Returns: the lines that could not be taken, and why; the others are in use.
    func request(_ inputs: [InputLine], _ outputs: [OutputLine: Bool]) -> [StationLine: PortError]
    /// Appends the edges since the last call, oldest first for each line, of the descriptors that are ready. Never
    /// blocks.
    /// - Returns: the inputs of which edges may be missing at the end, so that only their level can be believed.
    func takeEdges(_ ready: ReadyDescriptors, into edges: inout [LineEdge]) throws(PortError) -> [InputLine]
    func isActive(_ line: InputLine) throws(PortError) -> Bool
    /// Sets lines that are in use to one level; does nothing if there are none.
    func write(_ lines: OutputLines, isOn: Bool) throws(PortError)
    /// Gives all lines back; outputs fall back to de-energised.
    func close()
}
