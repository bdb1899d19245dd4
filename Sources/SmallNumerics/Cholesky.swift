/// The lower factor L of a symmetric positive definite matrix A = L Lᵀ, and what can be solved with it (Golub and Van
/// Loan, Matrix Computations, 4th edition, sections 3.1 and 4.2; row by row).
public struct Cholesky: Sendable {
    public let lower: Matrix

    /// Nil if the matrix is not positive definite. Only its lower triangle is looked at.
    public init?(_ matrix: Matrix) {
        precondition(matrix.rows == matrix.columns)
        let size = matrix.rows
        var factor = matrix.values
        let isDefinite = factor.withUnsafeMutableBufferPointer { cells -> Bool in
            guard let base = cells.baseAddress else { return true }
            for row in 0..<size {
                let own = base + row * size
                for column in 0..<row {
                    let other = base + column * size
                    own[column] = (own[column] - dot(own, other, count: column)) / other[column]
                }
                let pivot = own[row] - dot(own, own, count: row)
                guard pivot > 0, pivot.isFinite else { return false }
                own[row] = pivot.squareRoot()
                for column in row + 1..<max(size, row + 1) { own[column] = 0 }
            }
            return true
        }
        guard isDefinite else { return nil }
        lower = Matrix(rows: size, columns: size, values: factor)
    }

    /// X of A X = B, a column of B after the other.
    public func solve(_ right: Matrix) -> Matrix {
        precondition(right.rows == lower.rows)
        let size = lower.rows
        var solution = right
        for column in 0..<right.columns {
            var x = (0..<size).map { right[$0, column] }
            for row in 0..<size {
                var sum = x[row]
                for index in 0..<row { sum -= lower[row, index] * x[index] }
                x[row] = sum / lower[row, row]
            }
            for row in (0..<size).reversed() {
                x[row] /= lower[row, row]
                let value = x[row]
                for index in 0..<row { x[index] -= lower[row, index] * value }
            }
            for row in 0..<size { solution[row, column] = x[row] }
        }
        return solution
    }

    /// L⁻¹, again lower triangular: what it is applied to has unit covariance if it had A.
    public func inverseLower() -> Matrix {
        let size = lower.rows
        var inverse = Matrix(rows: size, columns: size)
        for column in 0..<size {
            inverse[column, column] = 1 / lower[column, column]
            for row in column + 1..<max(size, column + 1) {
                var sum = 0.0
                for index in column..<row { sum -= lower[row, index] * inverse[index, column] }
                inverse[row, column] = sum / lower[row, row]
            }
        }
        return inverse
    }
}
