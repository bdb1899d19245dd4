import Modbus

/// What is known of a device's polls beyond the driver's own rules; used when a bus is set up, never in service.
public struct Commissioning: Hashable, Sendable {
    /// By point: outside of this no device of this kind is on a station, and the registers are read wrongly.
    public var plausible: [String: ClosedRange<Double>]
    /// By request of a poll: where in its answer 32-bit values begin. Their two words are often in another order than
    /// the manual says.
    public var doubleWords: [ModbusRequest: [Int]]
    /// Whether a good poll is hardly possible with any other kind of device.
    public var isDistinctive: Bool

    public init(
        plausible: [String: ClosedRange<Double>] = [:], doubleWords: [ModbusRequest: [Int]] = [:],
        isDistinctive: Bool = false
    ) {
        self.plausible = plausible
        self.doubleWords = doubleWords
        self.isDistinctive = isDistinctive
    }

    /// The answer as it would be with the words of its 32-bit values in the other order; nil if it has none.
    public func withWordsSwapped(_ registers: [UInt16], of request: ModbusRequest) -> [UInt16]? {
        guard let starts = doubleWords[request], !starts.isEmpty else { return nil }
        var swapped = registers
        for start in starts where start + 1 < swapped.count { swapped.swapAt(start, start + 1) }
        return swapped
    }
}
