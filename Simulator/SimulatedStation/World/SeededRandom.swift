import SmallNumerics
import Vocabulary

/// The only source of chance in the simulator.
///
/// Each model owns a generator of its own, so that one more draw in one model changes nothing in the others.
public struct SeededRandom: RandomNumberGenerator, Hashable, Sendable {
    private var numbers: SplitMix64

    public init(seed: UInt64) {
        numbers = SplitMix64(seed: seed)
    }

    /// A generator that is independent of its neighbours: same seed, another `stream`.
    public init(seed: UInt64, stream: UInt64) {
        var mixer = SplitMix64(seed: seed ^ (stream &* 0xD6E8_FEB8_6659_FD93))
        numbers = SplitMix64(seed: mixer.next())
    }

    public mutating func next() -> UInt64 { numbers.next() }

    /// Evenly distributed in 0 ..< 1.
    public mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Mean 0, standard deviation 1, never beyond ± 6: the sum of twelve uniform numbers, which needs no function of
    /// the mathematical library and so gives the same bits everywhere.
    public mutating func normal() -> Double {
        var sum = 0
        for _ in 0..<3 {
            let bits = next()
            sum += Int(bits & 0xFFFF) + Int(bits >> 16 & 0xFFFF) + Int(bits >> 32 & 0xFFFF) + Int(bits >> 48)
        }
        return (Double(sum) + 6) / 65536 - 6
    }

    /// True with this probability, 0 to 1.
    public mutating func happens(probability: Double) -> Bool {
        uniform() < probability
    }

    /// Evenly distributed between the bounds, which are whole milliseconds apart or more.
    public mutating func duration(in range: ClosedRange<Duration>) -> Duration {
        let low = range.lowerBound.inNanoseconds
        let high = range.upperBound.inNanoseconds
        return .nanoseconds(low + Int64(uniform() * Double(high - low)))
    }
}
