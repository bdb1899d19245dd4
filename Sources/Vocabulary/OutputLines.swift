/// A set of outputs, one bit for each: between an edge and its effect there is no time for hashing names.
public struct OutputLines: SetAlgebra, Hashable, Sendable, CustomStringConvertible {
    private var bits: UInt32 = 0

    public init() {}

    private init(bits: UInt32) { self.bits = bits }

    public var isEmpty: Bool { bits == 0 }
    public func contains(_ line: OutputLine) -> Bool { bits & line.bit != 0 }
    public func union(_ other: OutputLines) -> OutputLines { OutputLines(bits: bits | other.bits) }
    public func intersection(_ other: OutputLines) -> OutputLines { OutputLines(bits: bits & other.bits) }
    public func symmetricDifference(_ other: OutputLines) -> OutputLines { OutputLines(bits: bits ^ other.bits) }
    public mutating func formUnion(_ other: OutputLines) { bits |= other.bits }
    public mutating func formIntersection(_ other: OutputLines) { bits &= other.bits }
    public mutating func formSymmetricDifference(_ other: OutputLines) { bits ^= other.bits }

    @discardableResult
    public mutating func insert(_ line: OutputLine) -> (inserted: Bool, memberAfterInsert: OutputLine) {
        defer { bits |= line.bit }
        return (!contains(line), line)
    }

    @discardableResult
    public mutating func remove(_ line: OutputLine) -> OutputLine? {
        defer { bits &= ~line.bit }
        return contains(line) ? line : nil
    }

    @discardableResult
    public mutating func update(with line: OutputLine) -> OutputLine? {
        insert(line).inserted ? nil : line
    }

    public var description: String {
        "[" + map(\.rawValue).joined(separator: ", ") + "]"
    }
}

extension OutputLines: Sequence {
    /// In the order of `OutputLine.allCases`.
    public struct Iterator: IteratorProtocol {
        fileprivate var bits: UInt32

        public mutating func next() -> OutputLine? {
            guard bits != 0 else { return nil }
            defer { bits &= bits &- 1 }
            return OutputLine(ordinal: bits.trailingZeroBitCount)
        }
    }

    public func makeIterator() -> Iterator { Iterator(bits: bits) }

    /// Without allocating anything.
    public var first: OutputLine? { OutputLine(ordinal: bits.trailingZeroBitCount) }
}

extension OutputLine {
    fileprivate var bit: UInt32 { 1 << UInt32(ordinal) }
}
