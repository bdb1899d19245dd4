/// Writes whole numbers as decimal text from the end of a buffer towards its start, which is the order in which digits
/// come. The raw readings of one item are hundreds of numbers, and nothing is allocated for them.
public struct DecimalDigits {
    private let room: UnsafeMutableBufferPointer<UInt8>
    private var start: Int

    /// A sign and the digits of the longest number, and one more byte.
    private static let numberBytes = 21

    /// Lends `use` what `write` has written.
    /// - Parameter count: how many numbers there is room for, each with one more byte.
    public static func withText(
        count: Int = 1, _ write: (inout DecimalDigits) -> Void, _ use: (UnsafeRawBufferPointer) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count * numberBytes) { room in
            var digits = DecimalDigits(room: room, start: room.count)
            write(&digits)
            use(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[digits.start...]))
        }
    }

    public mutating func prepend(_ byte: UInt8) {
        start -= 1
        room[start] = byte
    }

    /// Always inlined, so that the type is known: what is generic over modules costs several times the digits.
    @inlinable @inline(__always)
    public mutating func prepend(number: some FixedWidthInteger) {
        prepend(magnitude: UInt64(truncatingIfNeeded: number.magnitude), isNegative: number < 0)
    }

    public mutating func prepend(magnitude: UInt64, isNegative: Bool) {
        let zero = UInt8(ascii: "0")
        var rest = magnitude
        while rest >= 10 {
            let pair = UInt8(truncatingIfNeeded: rest % 100)
            rest /= 100
            prepend(zero + pair % 10)
            prepend(zero + pair / 10)
        }
        if rest > 0 || magnitude == 0 { prepend(zero + UInt8(truncatingIfNeeded: rest)) }
        if isNegative { prepend(UInt8(ascii: "-")) }
    }
}
