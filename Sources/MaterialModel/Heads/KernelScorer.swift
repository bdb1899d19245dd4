import Glibc
import SmallNumerics

/// Kernel ridge regression as it is applied: whitening, the training points, and a weight per class for each of them or
/// for each group of them (the placements of one item).
public struct KernelScorer: Codable, Hashable, Sendable {
    public var whitening: LowerTriangle
    public var gamma: Double
    /// Whitened, a row each.
    public var points: Matrix
    /// How many rows of `points` belong to one row of `weights`, in order.
    public var groups: [Int]
    public var weights: Matrix

    public init(whitening: LowerTriangle, gamma: Double, points: Matrix, groups: [Int], weights: Matrix) {
        (self.whitening, self.gamma, self.points) = (whitening, gamma, points)
        (self.groups, self.weights) = (groups, weights)
    }

    /// One score per class. `features` must have the whitening's size.
    public func scores(of features: [Double]) -> [Double] { scores(ofWhitened: whitening.times(features)) }

    public func scores(ofWhitened features: [Double]) -> [Double] {
        let (size, classes) = (points.columns, weights.columns)
        return [Double](unsafeUninitializedCapacity: classes) { sums, count in
            sums.initialize(repeating: 0)
            count = classes
            features.withUnsafeBufferPointer { own in
                points.values.withUnsafeBufferPointer { all in
                    guard let own = own.baseAddress, var point = all.baseAddress else { return }
                    for group in groups.indices {
                        var closeness = 0.0
                        for _ in 0..<groups[group] {
                            closeness += exp(-gamma * squaredDistance(own, point, count: size))
                            point += size
                        }
                        for index in 0..<classes { sums[index] += closeness * weights.values[group * classes + index] }
                    }
                }
            }
        }
    }

    /// The root of the mean kernel between the placements of one item: what their common score is divided by.
    public func selfSimilarity(ofWhitened placements: [[Double]]) -> Double {
        guard placements.count > 1 else { return 1 }
        let kernel = KernelRidge.kernel(
            squaredDistances: KernelRidge.squaredDistances(Matrix(placements)), gamma: gamma)
        return (kernel.values.reduce(0, +) / Double(kernel.values.count)).squareRoot()
    }

    /// The first thing that does not fit, nil if all does.
    func complaint(features: Int, classes: Int) -> String? {
        if whitening.size != features {
            return "the whitening is for \(whitening.size) features instead of \(features)"
        }
        if points.columns != features { return "the points have \(points.columns) features instead of \(features)" }
        if weights.columns != classes { return "the weights are for \(weights.columns) classes instead of \(classes)" }
        if groups.count != weights.rows { return "there are \(groups.count) groups and \(weights.rows) weights" }
        if groups.contains(where: { !(1...points.rows).contains($0) }) || groups.reduce(0, +) != points.rows {
            return "the groups do not add up to the \(points.rows) points"
        }
        if !(gamma > 0) { return "gamma is \(gamma), must be greater than 0" }
        return nil
    }

    var numbers: [Double] { whitening.values + points.values + weights.values + [gamma] }
}
