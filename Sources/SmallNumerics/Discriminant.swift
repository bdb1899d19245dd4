/// Linear discriminant of classes with one covariance and equal priors: the score of class c is w_c x + b_c with
/// w_c = S⁻¹ m_c and b_c = -½ m_cᵀ S⁻¹ m_c (Hastie, Tibshirani and Friedman, Elements of Statistical Learning, 4.3).
public struct Discriminant: Codable, Hashable, Sendable {
    /// One row per class.
    public let weights: Matrix
    public let biases: [Double]

    public init(weights: Matrix, biases: [Double]) {
        (self.weights, self.biases) = (weights, biases)
    }

    /// Nil if the covariance is not positive definite. `means` has one row per class.
    public init?(means: Matrix, covariance: Matrix) {
        var columns = Matrix(rows: means.columns, columns: means.rows)
        for row in 0..<means.rows {
            for column in 0..<means.columns { columns[column, row] = means[row, column] }
        }
        guard let solved = Cholesky(covariance)?.solve(columns) else { return nil }
        var weights = Matrix(rows: means.rows, columns: means.columns)
        for row in 0..<means.rows {
            for column in 0..<means.columns { weights[row, column] = solved[column, row] }
        }
        self.weights = weights
        biases = (0..<means.rows).map { -0.5 * dot(weights.row($0), means.row($0)) }
    }

    /// Logarithms of the classes' probabilities.
    public func logProbabilities(of vector: [Double]) -> [Double] {
        var scores = weights.times(vector)
        for index in scores.indices { scores[index] += biases[index] }
        return logSoftmax(scores)
    }
}
