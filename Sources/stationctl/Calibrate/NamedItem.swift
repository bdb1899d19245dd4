import ArgumentParser
import ModelTraining
import Vocabulary

/// An item that a person has in the hand: `pet:bottle-1`.
struct NamedItem: Hashable, ExpressibleByArgument {
    static let nameLimit = 40

    var material: Material
    var name: String

    init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let material = Material(rawValue: parts[0].lowercased()),
            (1...Self.nameLimit).contains(parts[1].count),
            // The name stands in a table, a field of its line.
            parts[1].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) })
        else { return nil }
        (self.material, name) = (material, String(parts[1]))
    }

    init(material: Material, name: String) { (self.material, self.name) = (material, name) }
}
