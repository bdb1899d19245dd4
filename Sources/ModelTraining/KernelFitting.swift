import MaterialModel
import SmallNumerics

/// What a kernel regression was learned from: a row per item.
struct KernelLessons: Hashable, Sendable {
    /// What each class's score should be.
    var targets: [[Double]]
    var ridge: [Double]
}

extension KernelScorer {
    /// Learns the weights of items that are sets of placements. The kernel of two items is the mean over the pairs of
    /// their placements, divided by the roots of their own means; for single placements that is the plain kernel.
    ///
    /// - Parameters:
    ///   - points: whitened, a row for each placement, item after item.
    ///   - distances: squared, of all points to each other.
    ///   - groups: how many placements each item has.
    ///   - ridge: one for each item, as `targets` has one row for each.
    /// - Returns: nil if the regularised kernel is not positive definite.
    static func fitted(
        whitening: LowerTriangle, gamma: Double, points: Matrix, distances: Matrix, groups: [Int], ridge: [Double],
        targets: Matrix
    ) -> KernelScorer? {
        let (kernel, norms) = itemKernel(distances, groups, gamma: gamma)
        guard var weights = KernelRidge.weights(kernel: kernel, ridge: ridge, targets: targets) else { return nil }
        // A scorer adds up plain kernels, so what they are divided by goes into the weights.
        for row in groups.indices {
            for column in 0..<weights.columns { weights[row, column] /= Double(groups[row]) * norms[row] }
        }
        return KernelScorer(whitening: whitening, gamma: gamma, points: points, groups: groups, weights: weights)
    }

    /// The kernel between items, and the root of each item's own mean kernel.
    private static func itemKernel(
        _ distances: Matrix, _ groups: [Int], gamma: Double
    ) -> (kernel: Matrix, norms: [Double]) {
        let sums = groupSums(KernelRidge.kernel(squaredDistances: distances, gamma: gamma), groups)
        let norms = groups.indices.map { (sums[$0, $0] / Double(groups[$0] * groups[$0])).squareRoot() }
        var kernel = sums
        for row in groups.indices {
            for column in groups.indices {
                kernel[row, column] /= Double(groups[row] * groups[column]) * norms[row] * norms[column]
            }
        }
        return (kernel, norms)
    }

    private static func groupSums(_ kernel: Matrix, _ groups: [Int]) -> Matrix {
        let groupOfPoint = groups.enumerated().flatMap { [Int](repeating: $0.offset, count: $0.element) }
        var sums = Matrix(rows: groups.count, columns: groups.count)
        sums.values.withUnsafeMutableBufferPointer { target in
            kernel.values.withUnsafeBufferPointer { source in
                for row in 0..<kernel.rows {
                    for column in 0..<kernel.columns {
                        target[groupOfPoint[row] * groups.count + groupOfPoint[column]] +=
                            source[row * kernel.columns + column]
                    }
                }
            }
        }
        return sums
    }

    /// A file rounds weights to seven digits, so the targets come out again to within about this.
    static let lessonTolerance = 1e-3

    /// What this scorer was learned from, found again: the weights W solve (K + R) W = Y, so each row of K W + R W is
    /// one of the targets that there can be, with one of the ridges that there can be.
    ///
    /// - Returns: nil if a row fits none of them: it was not learned like that.
    func lessons(targets: [[Double]], ridges: [Double]) -> KernelLessons? {
        let (kernel, norms) = Self.itemKernel(KernelRidge.squaredDistances(points), groups, gamma: gamma)
        var plain = weights
        for row in groups.indices {
            for column in 0..<plain.columns { plain[row, column] *= Double(groups[row]) * norms[row] }
        }
        var found = KernelLessons(targets: [], ridge: [])
        for row in groups.indices {
            let own = plain.row(row)
            var fit = [Double](repeating: 0, count: plain.columns)
            for other in groups.indices {
                for column in fit.indices { fit[column] += kernel[row, other] * plain[other, column] }
            }
            var nearest: (distance: Double, target: [Double], ridge: Double)?
            for target in targets {
                for ridge in ridges {
                    let distance = target.indices.reduce(0.0) {
                        max($0, abs(fit[$1] + ridge * own[$1] - target[$1]))
                    }
                    if distance < nearest?.distance ?? Self.lessonTolerance { nearest = (distance, target, ridge) }
                }
            }
            guard let nearest else { return nil }
            found.targets.append(nearest.target)
            found.ridge.append(nearest.ridge)
        }
        return found
    }

    /// The same scorer with more items to learn from; whitening and width stay.
    ///
    /// - Parameters:
    ///   - items: of each, the features of at least one placement, as this scorer takes them.
    /// - Returns: nil if nothing can be learned from them.
    func relearned(_ lessons: KernelLessons, adding items: [[[Double]]], _ added: KernelLessons) -> KernelScorer? {
        let more = items.flatMap { $0.map(whitening.times) }
        let all = Matrix(
            rows: points.rows + more.count, columns: points.columns, values: points.values + more.flatMap(\.self))
        return Self.fitted(
            whitening: whitening, gamma: gamma, points: all, distances: KernelRidge.squaredDistances(all),
            groups: groups + items.map(\.count), ridge: lessons.ridge + added.ridge,
            targets: Matrix(lessons.targets + added.targets))
    }
}
