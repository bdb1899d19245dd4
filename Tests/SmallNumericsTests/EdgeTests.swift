import SmallNumerics
import TestSupport
import Testing

struct EdgeTests {
    @Test func `what is not positive definite is not factored`() {
        #expect(Cholesky(Matrix([[1, 2], [2, 1]])) == nil)
        #expect(Cholesky(Matrix([[0, 0], [0, 0]])) == nil)
        #expect(Cholesky(Matrix([[.nan, 0], [0, 1]])) == nil)
        #expect(Cholesky(Matrix([[4]]))?.lower == Matrix([[2]]))
    }

    @Test func `the product with the own transpose is symmetric`() {
        let matrix = Matrix([[1, 2, 3], [4, 5, 6]])
        #expect(matrix.timesOwnTranspose() == Matrix([[14, 32], [32, 77]]))
        #expect(matrix.times([1, 0, -1]) == [-2, -2])
    }

    @Test func `derivatives that do not exist have no weights`() {
        #expect(SavitzkyGolay.coefficients(window: 4, order: 2, derivative: 1) == nil)
        #expect(SavitzkyGolay.coefficients(window: 5, order: 5, derivative: 1) == nil)
        #expect(SavitzkyGolay.coefficients(window: 5, order: 2, derivative: 3) == nil)
    }

    @Test func `curves are read between their places only`() throws {
        #expect(LinearResampling(from: [1, 2], to: [3], slack: 0.5) == nil)
        #expect(LinearResampling(from: [2, 1], to: [1.5], slack: 1) == nil)
        #expect(LinearResampling(from: [1], to: [1], slack: 1) == nil)
        let resampling = try #require(LinearResampling(from: [1, 2, 4], to: [0.8, 1, 3, 4.1], slack: 0.5))
        #expect(resampling.apply([10, 20, 40]) == [10, 10, 30, 40])
    }

    @Test func `scores far from zero have probabilities all the same`() {
        #expect(logSoftmax([1000, 0]) == [0, -1000])
        #expect(logSoftmax([-1000, -1000]).allSatisfy { abs($0 + 0.693_147_180_559_945_3) < 1e-12 })
        #expect(logSoftmax([]).isEmpty)
    }

    @Test func `of equals the first is the greatest, and nothing has the mean zero`() {
        #expect(placeOfGreatest([1, 3, 3]) == 1)
        #expect(placeOfGreatest([]) == 0)
        #expect(mean([]) == 0)
        #expect(OrderStatistics.quantile([3, 1, 2], 1) == 3)
    }

    @Test func `a straight line has no shape, and no division by zero`() {
        #expect(Standardised([3, 3, 3], floor: 1e-30).values == [0, 0, 0])
        #expect(Standardised([], floor: 1e-30).contrast == 0)
    }

    @Test func `a value is selected by its rank whatever the order`() {
        var random = SplitMix(seed: 5)
        let values = (0..<200).map { Double($0 / 3) }
        for rank in [0, 1, 99, 100, 198, 199] {
            var shuffled = values.shuffled(using: &random)
            #expect(OrderStatistics.select(&shuffled, rank: rank) == values[rank])
        }
        #expect(OrderStatistics.quantile([], 0.5) == nil)
    }

    @Test func `distances of identical points have the median zero`() {
        let distances = KernelRidge.squaredDistances(Matrix([[1, 1], [1, 1], [1, 1]]))
        #expect(OrderStatistics.median(ofDistances: distances) == 0)
    }

    @Test func `a seed gives these numbers and no others`() {
        var random = SplitMix64(seed: 1)
        #expect([random.next(), random.next()] == [10_451_216_379_200_822_465, 13_757_245_211_066_428_519])
        #expect(random.permutation(8).sorted() == Array(0..<8))
        let normals = (0..<20_000).map { _ in random.normal() }
        #expect(abs(mean(normals)) < 0.03)
        #expect(abs(mean(normals.map { $0 * $0 }) - 1) < 0.04)
        #expect((0..<1000).allSatisfy { _ in (0..<7).contains(random.below(7)) })
    }
}
