import Modbus

/// What one look at a device's registers brought.
struct RegisterImage: Hashable, Sendable {
    private struct Part: Hashable {
        var span: RegisterSpan
        /// Bits are 0 or 1.
        var words: [UInt16]
    }

    private var parts: [Part] = []

    var count: Int { parts.count }

    mutating func take(_ words: [UInt16], of span: RegisterSpan) {
        parts.append(Part(span: span, words: words))
    }

    /// As they were read; nil if the look did not cover them.
    func words(_ span: RegisterSpan) -> ArraySlice<UInt16>? {
        guard let part = parts.first(where: { $0.span.contains(span) }) else { return nil }
        let offset = Int(span.address) - Int(part.span.address)
        guard offset + span.count <= part.words.count else { return nil }
        return part.words[offset..<offset + span.count]
    }

    /// What stands in a point's registers; nil if that is no value.
    func value(of point: RegisterPoint) -> RegisterValue? {
        guard let words = words(point.span) else { return nil }
        guard let format = point.format else { return words.first.map { .integer(Int128($0)) } }
        return try? format.decode(words)
    }

    /// The whole number that stands in a point's registers; nil if there is none.
    func integer(of point: RegisterPoint) -> Int128? {
        guard case .integer(let number) = value(of: point) else { return nil }
        return number
    }
}
