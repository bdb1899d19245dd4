/// Writes whole numbers as decimal text from the end of a buffer towards its start, which is the order in which digits
/// come. The raw readings of one item are hundreds of numbers, and nothing is allocated for them.
struct DecimalDigits {
    private let room: UnsafeMutableBufferPointer<UInt8>
    private var start: Int

    /// Lends `use` what `write` has written. The room is for `count` numbers of a type, each with one more byte.
    static func withText<Number: FixedWidthInteger, Result>(
        of type: Number.Type, count: Int = 1, _ write: (inout DecimalDigits) -> Void,
        _ use: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        // A bit is less than a third of a digit; then the rounding, the sign and that one byte.
        let bytes = count * (Number.bitWidth / 3 + 3)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes) { room in
            var digits = DecimalDigits(room: room, start: bytes)
            write(&digits)
            return use(UnsafeBufferPointer(rebasing: room[digits.start...]))
        }
    }

    mutating func prepend(_ byte: UInt8) {
        start -= 1
        room[start] = byte
    }

    mutating func prepend<Number: FixedWidthInteger>(_ number: Number) {
        let zero = UInt8(ascii: "0")
        var rest = UInt64(truncatingIfNeeded: number.magnitude)
        while rest >= 10 {
            let pair = UInt8(truncatingIfNeeded: rest % 100)
            rest /= 100
            prepend(zero + pair % 10)
            prepend(zero + pair / 10)
        }
        if rest > 0 || number == 0 { prepend(zero + UInt8(truncatingIfNeeded: rest)) }
        if number < 0 { prepend(UInt8(ascii: "-")) }
    }
}
