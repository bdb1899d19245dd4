/// In which order a value's bytes stand in its registers. A is the value's highest byte; each register is sent high
/// byte first (V1.1b3, 4.2), so that `ABCD` is what the standard would suggest.
///
/// | | 16 bits | 32 bits | 64 bits | |
/// |---|---|---|---|---|
/// | `ABCD` | AB | AB CD | AB CD EF GH | high register first |
/// | `CDAB` | AB | CD AB | GH EF CD AB | low register first |
/// | `BADC` | BA | BA DC | BA DC FE HG | high register first, bytes swapped in each |
/// | `DCBA` | BA | DC BA | HG FE DC BA | low register first, bytes swapped in each |
public enum RegisterOrder: String, CaseIterable, Hashable, Sendable {
    case abcd = "ABCD"
    case cdab = "CDAB"
    case badc = "BADC"
    case dcba = "DCBA"

    /// Turns registers as they are read into the order `ABCD`, and back: doing it twice changes nothing.
    public func arranged(_ registers: some BidirectionalCollection<UInt16>) -> [UInt16] {
        let ordered = isLowRegisterFirst ? Array(registers.reversed()) : Array(registers)
        return areBytesSwapped ? ordered.map(\.byteSwapped) : ordered
    }

    /// The bits that up to four registers hold, the value's lowest at the right.
    public func bits(_ registers: some BidirectionalCollection<UInt16>) -> UInt64 {
        arranged(registers).reduce(0) { $0 << 16 | UInt64($1) }
    }

    /// So many registers that hold the lowest bits of `bits`; at most four.
    public func registers(_ bits: UInt64, count: Int) -> [UInt16] {
        arranged((0..<count).reversed().map { UInt16(truncatingIfNeeded: bits >> (16 * UInt64($0))) })
    }

    private var isLowRegisterFirst: Bool {
        switch self {
        case .abcd, .badc: false
        case .cdab, .dcba: true
        }
    }

    private var areBytesSwapped: Bool {
        switch self {
        case .abcd, .cdab: false
        case .badc, .dcba: true
        }
    }
}
