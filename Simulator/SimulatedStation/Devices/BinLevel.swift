import Vocabulary

/// One bin with the level sensor above it (Elsner SO250-UI).
public struct BinLevel: Hashable, Sendable {
    public let bin: BinID
    public let position: DiverterPosition
    /// How full the bin is, in per cent; items heap up beyond what the sensor can say.
    private(set) var fillPercent = 0.0

    /// Share of a bin that an item of 100 mm takes up, in per cent; longer ones take up more in proportion.
    static let percentPerDecimetre = 0.4

    init(bin: BinID, position: DiverterPosition) {
        self.bin = bin
        self.position = position
    }

    public var levelPercent: Int { Int(min(100, max(0, fillPercent))) }

    mutating func take(_ item: SimulatedItem) { fillPercent += Self.share(of: item) }
    mutating func giveBack(_ item: SimulatedItem) { fillPercent = max(0, fillPercent - Self.share(of: item)) }
    mutating func fill(toPercent percent: Int) { fillPercent = Double(percent) }

    private static func share(of item: SimulatedItem) -> Double {
        percentPerDecimetre * item.lengthMillimetres / 100
    }

    /// Input registers: 0 level in per cent, 1 relay bits (bit 0: level above 90 %), 2 error word (0 = none).
    func read(address: UInt16, count: UInt16) -> RegisterAnswer {
        guard let range = RegisterRange(address: address, count: count, limit: 125) else {
            return .exception(.illegalValue)
        }
        return range.answer { address in
            switch address {
            case 0: UInt16(levelPercent)
            case 1: levelPercent > 90 ? 1 : 0
            case 2: 0
            default: nil
            }
        }
    }
}
