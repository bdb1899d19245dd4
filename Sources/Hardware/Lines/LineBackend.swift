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

/// An edge as the kernel or the simulator stamped it; polarity applied.
struct LineEdge: Hashable, Sendable {
    var line: InputLine
    var isActive: Bool
    var at: Instant
}

/// Where the lines really are. Polarity is applied on this side; debouncing, retries and the memory of what was
/// commanded are not. After any error but that of `request` it is closed and opened anew.
protocol LineBackend: AnyObject {
    /// What a failure of the whole is reported under: the path.
    var name: String { get }
    /// Readable when `takeEdges` has something to say.
    var pollDescriptors: [Int32] { get }
    func open() throws(PortError)
    /// Takes one line into use; an output is de-energised from then on. Other lines are not touched by a failure.
    func request(_ line: StationLine) throws(PortError)
    /// The edges since the last call, oldest first for each line. Never blocks.
    func takeEdges() throws(PortError) -> [LineEdge]
    func isActive(_ line: InputLine) throws(PortError) -> Bool
    func write(_ line: OutputLine, isOn: Bool) throws(PortError)
    /// Gives all lines back; outputs fall back to de-energised.
    func close()
}
