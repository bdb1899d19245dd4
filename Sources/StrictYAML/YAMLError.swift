/// One thing wrong with a file: where, about what, and what a person should know to put it right.
public struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable {
        /// The text is no YAML, or more than one document.
        case syntax(String)
        /// Nobody asked for this key; `known` are those that were asked for, in that order.
        case unknownKey(nearest: String?, known: [String])
        case missingKey
        case duplicateKey
        /// Both in words, such as "a whole number" and "a list".
        case wrongType(expected: String, found: String)
        case belowLeast(value: String, least: String)
        case aboveGreatest(value: String, greatest: String)
        case notAllowed(value: String, allowed: [String], nearest: String?)
        /// A rule between several values; the sentence says which.
        case rule(String)
    }

    public var file: String
    /// Counted from 1; nil where the parser does not know it.
    public var line: Int?
    /// Keys joined by dots, list elements counted from 0: `devices[2].unit`. Empty for the file as a whole.
    public var keyPath: String
    public var problem: Problem

    public init(file: String, line: Int?, keyPath: String, problem: Problem) {
        self.file = file
        self.line = line
        self.keyPath = keyPath
        self.problem = problem
    }

    /// One sentence: `file:line: key: what is wrong`.
    public var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return keyPath.isEmpty ? "\(place): \(problem)" : "\(place): \(keyPath): \(problem)"
    }
}

extension YAMLError.Problem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .syntax(let text): "not valid YAML: \(text)"
        case .unknownKey(let nearest?, known: _): "unknown key; did you mean \"\(nearest)\"?"
        case .unknownKey(nearest: nil, let known): "unknown key; known here: \(known.joined(separator: ", "))"
        case .missingKey: "this key is required and missing"
        case .duplicateKey: "this key is given more than once; keep one of them"
        case .wrongType(let expected, let found): "expected \(expected), found \(found)"
        case .belowLeast(let value, let least): "\(value) is below the least permitted value of \(least)"
        case .aboveGreatest(let value, let greatest):
            "\(value) is above the greatest permitted value of \(greatest)"
        case .notAllowed(let value, allowed: _, let nearest?): "\"\(value)\" is not known; did you mean \"\(nearest)\"?"
        case .notAllowed(let value, let allowed, nearest: nil):
            "\"\(value)\" is not one of: \(allowed.joined(separator: ", "))"
        case .rule(let sentence): sentence
        }
    }
}

/// Everything that is wrong with one file, in the order of its lines; at most `YAMLDocument.errorLimit` of them.
public struct YAMLErrors: Error, Hashable, Sendable, CustomStringConvertible {
    public var errors: [YAMLError]
    /// How many more there are.
    public var omittedCount: Int

    public init(_ errors: [YAMLError], omittedCount: Int = 0) {
        self.errors = errors
        self.omittedCount = omittedCount
    }

    /// One line for each error.
    public var description: String {
        let lines = errors.map(\.description)
        guard omittedCount > 0 else { return lines.joined(separator: "\n") }
        return (lines + ["and \(omittedCount) more, not shown"]).joined(separator: "\n")
    }
}
