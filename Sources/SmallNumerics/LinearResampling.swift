/// Reads a curve at other places by straight lines between its neighbours; prepared once for many curves.
public struct LinearResampling: Hashable, Sendable {
    private let left: [Int]
    private let share: [Double]

    /// Nil unless `source` ascends, has two places or more, and spans `target` to within `slack` at either end; beyond
    /// its ends the curve is taken as constant.
    public init?(from source: [Double], to target: [Double], slack: Double) {
        guard source.count >= 2, zip(source, source.dropFirst()).allSatisfy(<),
            target.allSatisfy({ $0 >= source[0] - slack && $0 <= source[source.count - 1] + slack })
        else { return nil }
        var places: [Int] = []
        var shares: [Double] = []
        for place in target {
            let right = source.firstIndex { $0 >= place } ?? source.count - 1
            let start = max(right - 1, 0)
            places.append(start)
            shares.append(min(max((place - source[start]) / (source[start + 1] - source[start]), 0), 1))
        }
        (left, share) = (places, shares)
    }

    /// `curve` must have as many values as there were source places.
    public func apply(_ curve: [Double]) -> [Double] {
        left.indices.map { index in
            let start = curve[left[index]]
            return start + (curve[left[index] + 1] - start) * share[index]
        }
    }
}
