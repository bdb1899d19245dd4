/// Sums up a run in one number. Everything that happens goes in, in order.
struct Trace {
    private(set) var digest: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ number: Int64) {
        digest = (digest ^ UInt64(bitPattern: number)) &* 0x9E37_79B9_7F4A_7C15
        digest ^= digest >> 29
    }

    mutating func add(_ text: String) {
        for byte in text.utf8 { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
        add(Int64(text.utf8.count))
    }
}
