import Yams

/// A mapping that remembers which keys were asked for.
public final class YAMLMapping {
    public let place: YAMLPlace
    /// In the order of the file.
    private let entries: [(key: String, value: YAMLValue)]
    private var askedFor: [String] = []

    init(_ mapping: Node.Mapping, place: YAMLPlace) {
        self.place = place
        var entries: [(key: String, value: YAMLValue)] = []
        for (key, node) in mapping {
            guard let name = key.scalar?.string else {
                place.child(key: "?", line: key.mark?.line)
                    .fail(.wrongType(expected: "a word as key", found: "a list or a mapping"))
                continue
            }
            let line = node.scalar?.mark?.line ?? key.mark?.line
            entries.append((name, YAMLValue(node: node, place: place.child(key: name, line: line))))
        }
        self.entries = entries
        place.report.register(self)
    }

    /// The value of `key`, read by `read`; nil if it is missing or wrong, which is then reported.
    public func required<Value>(_ key: String, _ read: (YAMLValue) -> Value?) -> Value? {
        guard let value = value(of: key) else {
            place.child(key: key, line: nil).fail(.missingKey)
            return nil
        }
        return read(value)
    }

    /// The value of `key`, or `absent` if the key is not there; nil if it is wrong, which is then reported.
    public func optional<Value>(_ key: String, absent: Value, _ read: (YAMLValue) -> Value?) -> Value? {
        guard let value = value(of: key) else { return absent }
        return read(value)
    }

    /// The value of `key`; nil if it is not there, and also if it is wrong, which is then reported.
    public func optional<Value>(_ key: String, _ read: (YAMLValue) -> Value?) -> Value? {
        value(of: key).flatMap(read)
    }

    /// Of these keys, those that are there: exactly one is expected, anything else is reported.
    public func oneOf(_ keys: [String]) -> String? {
        let given = keys.filter { key in entries.contains { $0.key == key } }
        askedFor += keys
        guard given.count == 1 else {
            let found = given.isEmpty ? "none of them" : given.joined(separator: " and ")
            place.fail(.wrongType(expected: "exactly one of: \(keys.joined(separator: ", "))", found: found))
            return nil
        }
        return given[0]
    }

    /// Whether the key is there, whatever it holds; it is not read by this.
    public func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

    /// What stands in here is beside the point: none of its keys is reported as unknown.
    public func disregard() { askedFor += entries.map(\.key) }

    /// Where rules about the value of `key` point at; the mapping itself if the key is not there.
    public func place(of key: String) -> YAMLPlace {
        entries.first { $0.key == key }?.value.place ?? place.child(key: key, line: nil)
    }

    private func value(of key: String) -> YAMLValue? {
        askedFor.append(key)
        return entries.first { $0.key == key }?.value
    }

    func reportUnknownKeys() {
        for entry in entries where !askedFor.contains(entry.key) {
            let nearest = nearestWord(to: entry.key, among: askedFor)
            entry.value.place.fail(.unknownKey(nearest: nearest, known: askedFor))
        }
    }
}
