import Foundation

/// The working copy that the tests were built from.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    struct SourceFile: Sendable {
        var target: String
        /// Relative to the root.
        var path: String
        var text: String

        /// Modules that the file imports, in order.
        var imports: [String] {
            text.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
                guard words.count >= 2, words[0] == "import" else { return nil }
                return String(words[1].split(separator: ".")[0])
            }
        }
    }

    /// All Swift files of the targets below `Sources` and `Simulator`.
    static func sources(in folders: [String] = ["Sources", "Simulator"]) throws -> [SourceFile] {
        try folders.flatMap { folder in
            let files = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
            return try (files?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".swift") }.map { path in
                SourceFile(
                    target: String(path.split(separator: "/")[0]), path: "\(folder)/\(path)",
                    text: try text("\(folder)/\(path)"))
            }
        }
    }
}
