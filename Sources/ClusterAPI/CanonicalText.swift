import FoundationEssentials

/// Builds canonical JSON by hand where a general encoder costs too much: raw readings are hundreds of numbers for each
/// item, and every report is written, signed and read. Byte for byte what `CanonicalJSON` gives; tests compare the two.
public struct CanonicalText {
    public var bytes: [UInt8] = []

    public init(capacity: Int) { bytes.reserveCapacity(capacity) }

    public var data: Data { Data(bytes) }

    public mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    public mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    public mutating func append(byte: UInt8) { bytes.append(byte) }

    public mutating func append(_ bytes: Data) {
        bytes.withUnsafeBytes { self.bytes.append(contentsOf: $0) }
    }

    /// Always inlined, so that the type is known: what is generic over modules costs several times the digits.
    @inlinable @inline(__always)
    public mutating func append(_ number: some FixedWidthInteger) {
        append(magnitude: UInt64(truncatingIfNeeded: number.magnitude), isNegative: number < 0)
    }

    public mutating func append(magnitude: UInt64, isNegative: Bool) {
        DecimalDigits.withText {
            $0.prepend(magnitude: magnitude, isNegative: isNegative)
        } _: {
            bytes.append(contentsOf: $0)
        }
    }

    @inlinable @inline(__always)
    public mutating func append(_ numbers: [some FixedWidthInteger]) {
        append(byte: UInt8(ascii: "["))
        DecimalDigits.withText(count: numbers.count) { digits in
            for index in numbers.indices.reversed() {
                digits.prepend(number: numbers[index])
                if index > 0 { digits.prepend(UInt8(ascii: ",")) }
            }
        } _: {
            bytes.append(contentsOf: $0)
        }
        append(byte: UInt8(ascii: "]"))
    }

    public mutating func append(_ flag: Bool) { append(flag ? "true" : "false" as StaticString) }

    /// Lower-case hexadecimal digits.
    public mutating func appendHexadecimal(_ data: Data) {
        data.withUnsafeBytes { ClusterAPI.appendHexadecimal($0, to: &bytes) }
    }

    /// An absent value is an absent key. Words are closed sets and permitted names: nothing in them is ever escaped.
    @inlinable
    public mutating func appendWord(_ key: StaticString, _ word: (some RawRepresentable<String>)?) {
        guard let word else { return }
        append(key)
        append("\"")
        append(word.rawValue)
        append("\"")
    }

    /// An absent value is an absent key.
    @inlinable
    public mutating func appendNumber(_ key: StaticString, _ number: (some FixedWidthInteger)?) {
        guard let number else { return }
        append(key)
        append(number)
    }
}
