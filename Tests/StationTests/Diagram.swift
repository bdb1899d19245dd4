import Foundation

/// The edges of a Mermaid state diagram that stands beside the code.
struct Diagram: Equatable {
    /// `from --> to` with the sorted events on the arrow.
    var arrows: [String: [String]]

    init(edges: some Sequence<(from: String, event: String, to: String)>) {
        arrows = [:]
        for edge in edges { arrows["\(edge.from) --> \(edge.to)", default: []].append(edge.event) }
        for key in arrows.keys { arrows[key]?.sort() }
    }

    /// Reads every line of the form `a --> b : event, event` of the file `name` in `Sources/Station`.
    init(file name: String) throws {
        let url = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Station/\(name)")
        let text = try String(contentsOf: url, encoding: .utf8)
        arrows = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " : ", maxSplits: 1)
            guard parts.count == 2, parts[0].contains(" --> ") else { continue }
            let arrow = parts[0].trimmingCharacters(in: .whitespaces)
            arrows[arrow, default: []] += parts[1].split(separator: ", ").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
        }
        for key in arrows.keys { arrows[key]?.sort() }
    }

    /// What the file has to hold, for the message of a failing test.
    var mermaid: String {
        arrows.keys.sorted().map { "    \($0) : \(arrows[$0, default: []].joined(separator: ", "))" }
            .joined(separator: "\n")
    }
}
