import Foundation
import SmallNumerics
import Testing

/// What numpy, SciPy and scikit-learn give: tools/make_numerics_fixture.py.
struct Reference: Decodable {
    struct Symmetric: Decodable {
        var matrix, lower, inverseLower, right, solution, shrunk: [[Double]]
    }
    struct Discriminant: Decodable {
        var means, covariance, tested, logProbabilities: [[Double]]
    }
    struct Ridge: Decodable {
        var points, targets, weights, tested, scores: [[Double]]
        var gamma, ridge, medianSquaredDistance, medianOfEleven: Double
    }
    struct Curves: Decodable {
        var values, quantileShares, quantiles, source, curve, target, resampled, standardised, logSoftmax: [Double]
        var contrast: Double
    }
    struct Derivative: Decodable {
        var window, order, derivative: Int
        var weights: [Double]
    }
    var symmetric: Symmetric
    var discriminant: Discriminant
    var kernelRidge: Ridge
    var curves: Curves
    var savitzkyGolay: [Derivative]

    static func load() throws -> Reference {
        let file = try #require(
            Bundle.module.url(forResource: "reference", withExtension: "json", subdirectory: "Fixtures"))
        return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
    }
}

private func expectClose(
    _ found: [Double], _ expected: [Double], tolerance: Double = 1e-10,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(found.count == expected.count, sourceLocation: sourceLocation)
    for (left, right) in zip(found, expected) {
        #expect(abs(left - right) <= tolerance * max(1, abs(right)), "\(left) \(right)", sourceLocation: sourceLocation)
    }
}

struct ReferenceTests {
    let reference: Reference

    init() throws { reference = try Reference.load() }

    @Test func `symmetric equations are solved as SciPy solves them`() throws {
        let expected = reference.symmetric
        let factor = try #require(Cholesky(Matrix(expected.matrix)))
        expectClose(factor.lower.values, expected.lower.flatMap(\.self))
        expectClose(factor.inverseLower().values, expected.inverseLower.flatMap(\.self))
        expectClose(factor.solve(Matrix(expected.right)).values, expected.solution.flatMap(\.self))
    }

    @Test func `a covariance is shrunk as scikit-learn shrinks it`() {
        let expected = reference.symmetric
        expectClose(Matrix(expected.matrix).shrunk(by: 0.1).values, expected.shrunk.flatMap(\.self))
    }

    @Test func `a packed triangle multiplies like the whole one`() throws {
        let expected = reference.symmetric
        let inverse = Matrix(expected.inverseLower)
        let vector = expected.right.map { $0[0] }
        expectClose(LowerTriangle(of: inverse).times(vector), inverse.times(vector), tolerance: 1e-14)
    }

    @Test func `the discriminant's probabilities are those of scikit-learn`() throws {
        let expected = reference.discriminant
        let found = try #require(
            Discriminant(means: Matrix(expected.means), covariance: Matrix(expected.covariance)))
        for (point, logs) in zip(expected.tested, expected.logProbabilities) {
            expectClose(found.logProbabilities(of: point), logs)
        }
    }

    @Test func `kernel ridge regression is that of scikit-learn`() throws {
        let expected = reference.kernelRidge
        let points = Matrix(expected.points)
        let distances = KernelRidge.squaredDistances(points)
        let weights = try #require(
            KernelRidge.weights(
                kernel: KernelRidge.kernel(squaredDistances: distances, gamma: expected.gamma),
                ridge: [Double](repeating: expected.ridge, count: points.rows), targets: Matrix(expected.targets)))
        expectClose(weights.values, expected.weights.flatMap(\.self))
        expectClose([OrderStatistics.median(ofDistances: distances) ?? 0], [expected.medianSquaredDistance])
        let eleven = KernelRidge.squaredDistances(Matrix(Array(expected.points.prefix(11))))
        expectClose([OrderStatistics.median(ofDistances: eleven) ?? 0], [expected.medianOfEleven])
    }

    @Test func `derivatives have the weights of SciPy`() throws {
        for row in reference.savitzkyGolay {
            let found = try #require(
                SavitzkyGolay.coefficients(window: row.window, order: row.order, derivative: row.derivative))
            expectClose(found, row.weights, tolerance: 1e-9)
        }
    }

    @Test func `quantiles, resampling and standardisation are those of numpy`() throws {
        let expected = reference.curves
        expectClose(
            expected.quantileShares.compactMap { OrderStatistics.quantile(expected.values, $0) }, expected.quantiles)
        let resampling = try #require(LinearResampling(from: expected.source, to: expected.target, slack: 0))
        expectClose(resampling.apply(expected.curve), expected.resampled)
        let shape = Standardised(expected.curve, floor: 0)
        expectClose(shape.values, expected.standardised)
        expectClose([shape.contrast], [expected.contrast])
        expectClose(logSoftmax(expected.values), expected.logSoftmax)
    }
}
