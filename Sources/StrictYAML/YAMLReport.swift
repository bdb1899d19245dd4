/// Collects what is found wrong while one file is read. Not shared between threads.
final class YAMLReport {
    let file: String
    private var errors: Set<YAMLError> = []
    /// Errors of other files that were left out there.
    private var omittedCount = 0
    private var mappings: [YAMLMapping] = []

    init(file: String) {
        self.file = file
    }

    func add(_ problem: YAMLError.Problem, line: Int?, keyPath: String) {
        errors.insert(YAMLError(file: file, line: line, keyPath: keyPath, problem: problem))
    }

    /// What is wrong with another file that this one names.
    func add(_ others: YAMLErrors) {
        errors.formUnion(others.errors)
        omittedCount += others.omittedCount
    }

    /// Mappings are kept until the end: only then is it known which keys nobody asked for.
    func register(_ mapping: YAMLMapping) {
        mappings.append(mapping)
    }

    func finish() -> YAMLErrors? {
        for mapping in mappings { mapping.reportUnknownKeys() }
        mappings = []
        guard !errors.isEmpty else { return nil }
        let sorted = errors.sorted { left, right in
            guard left.file == right.file else { return place(left.file) < place(right.file) }
            return (left.line ?? 0, left.keyPath, left.description)
                < (right.line ?? 0, right.keyPath, right.description)
        }
        let shown = Array(sorted.prefix(YAMLDocument.errorLimit))
        return YAMLErrors(shown, omittedCount: omittedCount + sorted.count - shown.count)
    }

    /// The file itself comes before those that it names.
    private func place(_ file: String) -> (Int, String) { (file == self.file ? 0 : 1, file) }
}

/// A place in a file that rules between values can point at after everything has been read.
public struct YAMLPlace {
    let report: YAMLReport
    /// Counted from 1.
    public let line: Int?
    public let keyPath: String

    /// Reports a broken rule here. The sentence begins with the value and names the bound or the other side.
    public func fail(_ sentence: String) {
        fail(.rule(sentence))
    }

    public func fail(_ problem: YAMLError.Problem) {
        report.add(problem, line: line, keyPath: keyPath)
    }

    /// Reports what is wrong with another file that is named here; each error keeps its own file and line.
    public func include(_ errors: YAMLErrors) {
        report.add(errors)
    }

    func child(key: String, line: Int?) -> YAMLPlace {
        YAMLPlace(report: report, line: line ?? self.line, keyPath: keyPath.isEmpty ? key : "\(keyPath).\(key)")
    }

    func element(_ index: Int, line: Int?) -> YAMLPlace {
        YAMLPlace(report: report, line: line ?? self.line, keyPath: "\(keyPath)[\(index)]")
    }
}
