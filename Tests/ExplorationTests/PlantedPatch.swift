import Foundation
import ShippedFiles
import Testing

/// A wrong behaviour of the shipped code, kept as a patch that `scripts/test-planted` applies to a copy.
struct PlantedPatch: Sendable, CustomTestStringConvertible {
    /// Lines that stand in a file, and what stands there afterwards.
    struct Hunk: Sendable {
        /// Relative to the root.
        var file: String
        /// Nil: the patch makes the file.
        var old: [Substring]?
        var new: [Substring]
    }

    static let folder = "Tests/PlantedBugs"
    /// Makes what the others ask, and is no bug itself.
    static let switchName = "switch"

    /// In the order in which the script applies them.
    static let all: [PlantedPatch] = {
        let files = try? FileManager.default.contentsOfDirectory(atPath: Shipped.root.appending(path: folder).path)
        return (files ?? []).filter { $0.hasSuffix(".patch") }.sorted().map { file in
            PlantedPatch(name: String(file.dropLast(".patch".count)), text: Shipped.text("\(folder)/\(file)"))
        }
    }()
    static var bugs: [PlantedPatch] { all.filter { $0.name != switchName } }

    var name: String
    /// Before the first file: what is wrong, and what has to find it.
    private(set) var head: [Substring] = []
    private(set) var hunks: [Hunk] = []

    var testDescription: String { name }
    var path: String { "\(Self.folder)/\(name).patch" }

    /// Names of invariants; empty if the patch does not say.
    var foundBy: [String] {
        let prefix = "Found by: "
        guard let line = head.first(where: { $0.hasPrefix(prefix) }) else { return [] }
        return line.dropFirst(prefix.count).split(separator: " ").map(String.init)
    }

    init(name: String, text: String) {
        self.name = name
        var file = ""
        var isNew = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            switch line.first {
            case _ where line.hasPrefix("diff --git "): file = String(line.split(separator: " b/").last ?? "")
            case _ where line.hasPrefix("--- "): isNew = line == "--- /dev/null"
            case _ where line.hasPrefix("+++ "): continue
            case _ where line.hasPrefix("@@ "): hunks.append(Hunk(file: file, old: isNew ? nil : [], new: []))
            case _ where file.isEmpty: head.append(line)
            case " ": take(line.dropFirst(), isOld: true, isNew: true)
            case "-": take(line.dropFirst(), isOld: true, isNew: false)
            case "+": take(line.dropFirst(), isOld: false, isNew: true)
            case _: continue
            }
        }
    }

    private mutating func take(_ line: Substring, isOld: Bool, isNew: Bool) {
        guard !hunks.isEmpty else { return }
        if isOld { hunks[hunks.count - 1].old?.append(line) }
        if isNew { hunks[hunks.count - 1].new.append(line) }
    }
}

extension PlantedPatch.Hunk {
    /// The text after the hunk; nil if its lines do not stand there exactly once.
    func applied(to text: String) -> String? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let old, !old.isEmpty, lines.count >= old.count else { return nil }
        let places = (0...lines.count - old.count).filter { lines[$0..<$0 + old.count].elementsEqual(old) }
        guard places.count == 1 else { return nil }
        return (lines[..<places[0]] + new + lines[(places[0] + old.count)...]).joined(separator: "\n")
    }
}
