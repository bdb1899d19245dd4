import Glibc

/// Random numbers of a seed, alike on every machine (SplitMix64: Steele, Lea and Flood, Fast Splittable Pseudorandom
/// Number Generators, 2014).
public struct SplitMix64: RandomNumberGenerator, Hashable, Sendable {
    @usableFromInline var state: UInt64

    @inlinable public init(seed: UInt64) { state = seed }

    // The simulator draws a noise for each band: a call between modules each would show.
    @inlinable public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Evenly distributed from 0 to 1, never 0 nor 1: 53 bits and a half.
    public mutating func uniform() -> Double {
        (Double(next() >> 11) + 0.5) / 9_007_199_254_740_992
    }

    /// From 0 to `bound` - 1, by the remainder of 64 bits: for the bounds of here its bias is below 1e-16.
    public mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// Mean 0, variance 1 (Box and Muller, 1958; the second number of each pair is not used).
    public mutating func normal() -> Double {
        (-2 * log(uniform())).squareRoot() * cos(2 * Double.pi * uniform())
    }

    /// The numbers 0 to `count` - 1 in random order (Fisher and Yates, as by Durstenfeld, 1964).
    public mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in order.indices.reversed().dropLast() { order.swapAt(last, below(last + 1)) }
        return order
    }
}
