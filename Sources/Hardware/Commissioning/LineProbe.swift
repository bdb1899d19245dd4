import StationConfig
import StationPorts
import Vocabulary

/// Looks at every configured line of the GPIO chip without commanding anything: outputs are never requested, and an
/// input only if it is free and nobody drives it.
public struct LineProbe {
    public enum Finding: Hashable, Sendable {
        /// An input that is free, with its level; polarity applied.
        case read(isActive: Bool)
        /// An output that is free: what it would do is not tried.
        case free
        /// An input that is free and set to be an output now: reading it would stop its driving.
        case driven
        /// The daemon has it, as it should be while it runs.
        case ours
        /// Another process, or a driver of the kernel, has it. Empty if it has not said what it is.
        case taken(by: String)
        /// It is not on the chip, or could not be read.
        case failed(PortError)
    }

    public struct LineReport: Hashable, Sendable {
        public var line: String
        public var isInput: Bool
        /// Nil if the line is not on the chip.
        public var offset: UInt32?
        /// As the board's description calls it; empty if it has no name.
        public var name: String
        public var finding: Finding

        public init(line: String, isInput: Bool, offset: UInt32?, name: String, finding: Finding) {
            self.line = line
            self.isInput = isInput
            self.offset = offset
            self.name = name
            self.finding = finding
        }

        public var isWell: Bool {
            switch finding {
            case .read, .free, .driven, .ours: true
            case .taken, .failed: false
            }
        }
    }

    public enum Report: Hashable, Sendable {
        /// There is no chip to look at: the lines are the simulator's.
        case simulated(socket: String)
        case cannotBeOpened(chip: String, PortError)
        case looked(chip: String, [LineReport])

        public var isWell: Bool {
            switch self {
            case .simulated: true
            case .cannotBeOpened: false
            case .looked(chip: _, let lines): lines.allSatisfy(\.isWell)
            }
        }
    }

    private let open: (String) throws(PortError) -> any InspectedChip

    public init() {
        self.init { path throws(PortError) in try KernelChip(path: path) }
    }

    init(open: @escaping (String) throws(PortError) -> any InspectedChip) {
        self.open = open
    }

    public func run(_ settings: LineSettings) -> Report {
        switch settings.backend {
        case .socket(let path): return .simulated(socket: path)
        case .chip(let path):
            do throws(PortError) {
                let chip = try open(path)
                return .looked(chip: path, look(settings, at: chip, path, try chip.facts()))
            } catch {
                return .cannotBeOpened(chip: path, error)
            }
        }
    }

    private func look(
        _ settings: LineSettings, at chip: any InspectedChip, _ path: String, _ facts: [LineFacts]
    ) -> [LineReport] {
        let places = LinePlaces(chip: path, names: facts.map(\.name))
        let lines = InputLine.allCases.map(StationLine.input) + OutputLine.allCases.map(StationLine.output)
        return lines.compactMap { line in
            guard let assignment = settings.assignment(of: line) else { return nil }
            do throws(PortError) {
                let offset = try places.offset(of: assignment.place, for: line.name)
                let seen = facts[Int(offset)]
                return LineReport(
                    line: line.name, isInput: line.isInput, offset: offset, name: seen.name,
                    finding: find(assignment, isInput: line.isInput, at: offset, on: chip, seen))
            } catch {
                return LineReport(
                    line: line.name, isInput: line.isInput, offset: nil, name: "", finding: .failed(error))
            }
        }
    }

    private func find(
        _ assignment: LineAssignment, isInput: Bool, at offset: UInt32, on chip: any InspectedChip, _ seen: LineFacts
    ) -> Finding {
        if let user = seen.user { return user == ChipLines.consumer ? .ours : .taken(by: user) }
        guard isInput else { return .free }
        guard !seen.isOutput else { return .driven }
        do throws(PortError) {
            return .read(isActive: try chip.isActive(assignment, at: offset))
        } catch {
            return .failed(error)
        }
    }
}
