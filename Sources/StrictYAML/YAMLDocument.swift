import Yams

/// Reads one YAML document strictly: every key must be asked for, every value must fit, and all that does not is
/// reported at once.
public enum YAMLDocument {
    /// Longer texts are refused unread, in bytes.
    public static let byteLimit = 1 << 20
    /// At most this many errors are shown for one file.
    public static let errorLimit = 20

    /// Calls `decode` with the document's top mapping.
    ///
    /// `decode` answers nil where it cannot go on; the reason has then been reported through the mapping. It should ask
    /// for every key that it knows before it gives up, because keys that were never asked for count as unknown.
    ///
    /// - Parameter file: the name used in messages; nothing is opened.
    /// - Throws: all that was found wrong, even if `decode` returned a value.
    public static func read<Value>(
        text: String, file: String, _ decode: (YAMLMapping) -> Value?
    ) throws(YAMLErrors) -> Value {
        let report = YAMLReport(file: file)
        let root = try compose(text: text, file: file)
        let place = YAMLPlace(report: report, line: root.mark?.line, keyPath: "")
        let decoded = YAMLValue(node: root, place: place).mapping().flatMap(decode)
        if let errors = report.finish() { throw errors }
        guard let decoded else {
            throw YAMLErrors([
                YAMLError(
                    file: file, line: nil, keyPath: "",
                    problem: .rule("could not be read, and the reader does not say why"))
            ])
        }
        return decoded
    }

    private static func compose(text: String, file: String) throws(YAMLErrors) -> Node {
        func fail(_ line: Int?, _ problem: YAMLError.Problem, keyPath: String = "") -> YAMLErrors {
            YAMLErrors([YAMLError(file: file, line: line, keyPath: keyPath, problem: problem)])
        }
        guard text.utf8.count <= byteLimit else {
            throw fail(nil, .aboveGreatest(value: "\(text.utf8.count) bytes", greatest: "\(byteLimit) bytes"))
        }
        do {
            guard let root = try Yams.compose(yaml: text) else {
                throw fail(nil, .syntax("the file holds no document"))
            }
            return root
        } catch let errors as YAMLErrors {
            throw errors
        } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
            throw fail(context.mark.line, .duplicateKey, keyPath: keys.first ?? "")
        } catch {
            let (line, sentence) = explanation(of: error, text: text)
            throw fail(line, .syntax(sentence))
        }
    }

    private static func explanation(of error: any Error, text: String) -> (line: Int?, sentence: String) {
        guard let error = error as? YamlError else { return (nil, "\(error)") }
        switch error {
        case .scanner(let context, let problem, let mark, yaml: _),
            .parser(let context, let problem, let mark, yaml: _),
            .composer(let context, let problem, let mark, yaml: _):
            return (mark.line, [context?.text, problem].compactMap { $0 }.joined(separator: ", "))
        case .reader(let problem, let offset, value: _, yaml: _):
            return (offset.map { 1 + text.prefix($0).count(where: \.isNewline) }, problem)
        case .duplicatedKeysInMapping(let keys, let context):
            return (context.mark.line, "duplicate keys \(keys.joined(separator: ", "))")
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return (nil, "\(error)")
        }
    }
}
