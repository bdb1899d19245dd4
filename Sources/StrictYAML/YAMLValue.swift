import Yams

/// One value of a file. Each function answers the value in the form asked for, or reports why not and answers nil.
public struct YAMLValue {
    let node: Node
    public let place: YAMLPlace

    /// Any text or number that is not empty.
    public func string() -> String? {
        guard let text = scalarText, !text.isEmpty else { return wrong("a text") }
        return text
    }

    /// A whole decimal number, not in quotes.
    public func int(in range: ClosedRange<Int>) -> Int? {
        guard isPlain, let text = scalarText, let number = Int(text) else { return wrong("a whole number") }
        guard number >= range.lowerBound else {
            return failed(.belowLeast(value: text, least: "\(range.lowerBound)"))
        }
        guard number <= range.upperBound else {
            return failed(.aboveGreatest(value: text, greatest: "\(range.upperBound)"))
        }
        return number
    }

    /// Whether `int` would take it, bounds aside.
    public var isWholeNumber: Bool { isPlain && scalarText.flatMap(Int.init) != nil }

    /// `true` or `false`; YAML's other spellings, such as `yes`, are refused.
    public func bool() -> Bool? {
        guard isPlain, let text = scalarText, let value = Bool(text) else { return wrong("true or false") }
        return value
    }

    /// One of the enum's raw values.
    public func word<Word: RawRepresentable<String> & CaseIterable>(_ type: Word.Type = Word.self) -> Word? {
        guard let text = scalarText else { return wrong("a word") }
        guard let word = Word(rawValue: text) else {
            let allowed = Word.allCases.map(\.rawValue)
            return failed(
                .notAllowed(value: text, allowed: allowed, nearest: nearestWord(to: text, among: allowed)))
        }
        return word
    }

    /// A text that the type itself judges; `expected` says in words what it wants.
    public func raw<Raw: RawRepresentable<String>>(_ type: Raw.Type = Raw.self, expected: String) -> Raw? {
        guard let text = scalarText, let value = Raw(rawValue: text) else { return wrong(expected) }
        return value
    }

    /// A list of `count` elements, each read by `read`; nil if one of them is wrong.
    public func list<Element>(count: ClosedRange<Int> = 0...1000, _ read: (YAMLValue) -> Element?) -> [Element]? {
        guard case .sequence(let sequence) = node else { return wrong("a list") }
        guard sequence.count >= count.lowerBound else {
            return failed(.belowLeast(value: "\(sequence.count) entries", least: "\(count.lowerBound)"))
        }
        guard sequence.count <= count.upperBound else {
            return failed(.aboveGreatest(value: "\(sequence.count) entries", greatest: "\(count.upperBound)"))
        }
        // All are read before one missing spoils the list, so that all errors are found at once.
        let elements = sequence.enumerated().map { index, node in
            read(YAMLValue(node: node, place: place.element(index, line: node.mark?.line)))
        }
        let read = elements.compactMap { $0 }
        return read.count == elements.count ? read : nil
    }

    /// Nil, and reported, if it is anything else than a mapping.
    public func mapping() -> YAMLMapping? {
        guard case .mapping(let mapping) = node else { return wrong("a mapping of keys to values") }
        return YAMLMapping(mapping, place: place)
    }

    /// Reads the value as a mapping with `decode`.
    public func mapping<Value>(_ decode: (YAMLMapping) -> Value?) -> Value? {
        mapping().flatMap(decode)
    }

    /// Nil for lists, mappings and a key with nothing behind it.
    var scalarText: String? {
        guard let scalar = node.scalar, !(isPlain && ["", "~", "null"].contains(scalar.string)) else { return nil }
        return scalar.string
    }

    var isPlain: Bool { node.scalar?.style == .plain }

    func wrong<Value>(_ expected: String) -> Value? {
        failed(.wrongType(expected: expected, found: found))
    }

    func failed<Value>(_ problem: YAMLError.Problem) -> Value? {
        place.fail(problem)
        return nil
    }

    private var found: String {
        switch node {
        case .scalar(let scalar): scalarText == nil ? "nothing" : "\"\(scalar.string)\""
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .alias: "an alias"
        }
    }
}
