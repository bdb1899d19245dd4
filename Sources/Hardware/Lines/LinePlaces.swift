import StationConfig
import StationPorts
import StrictYAML
import Vocabulary

/// Finds lines on a chip by offset or name.
struct LinePlaces {
    /// So many names are told to somebody who wrote a wrong one.
    static let hintLimit = 4

    let chip: String
    /// By offset; empty for lines without a name.
    let names: [String]

    /// - Parameter line: what it is for, to be named in the error.
    func offset(of place: LineAssignment.Place, for line: String) throws(PortError) -> UInt32 {
        switch place {
        case .offset(let offset):
            guard offset < names.count else {
                throw refusal(line, "it has lines 0 to \(names.count - 1), and not \(offset). Correct the offset.")
            }
            return offset
        case .name(let name):
            let offsets = names.indices.filter { names[$0] == name }
            guard let offset = offsets.first else { throw missing(name, for: line) }
            guard offsets.count == 1 else {
                let list = offsets.map(String.init).joined(separator: ", ")
                throw refusal(
                    line, "its lines \(list) are all named \"\(name)\". Write the offset instead of the name.")
            }
            return UInt32(offset)
        }
    }

    private func missing(_ name: String, for line: String) -> PortError {
        let nearest = nearestWords(to: name, among: Array(Set(names.filter { !$0.isEmpty })), limit: Self.hintLimit)
        let hint =
            nearest.isEmpty
            ? "none of its lines has a name. Write the offset instead."
            : "the nearest names are \(nearest.joined(separator: ", ")). Correct the name; gpioinfo lists them all."
        return refusal(line, "it has no line named \"\(name)\"; \(hint)")
    }

    private func refusal(_ line: String, _ cause: String) -> PortError {
        PortError(.notFound, "Requesting line \(line) of \(chip) failed: \(cause)")
    }
}
