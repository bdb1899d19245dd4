import Glibc

/// Kernel ridge regression with k(a, b) = exp(-gamma |a - b|²) (Saunders, Gammerman and Vovk, Ridge Regression Learning
/// Algorithm in Dual Variables, 1998). The same formula is the mean of a Gaussian process.
public enum KernelRidge {
    /// Squared distances of all points to each other; symmetric, with zeros on the diagonal.
    public static func squaredDistances(_ points: Matrix) -> Matrix {
        let count = points.rows
        var result = Matrix(rows: count, columns: count)
        points.values.withUnsafeBufferPointer { cells in
            guard let base = cells.baseAddress else { return }
            result.values.withUnsafeMutableBufferPointer { target in
                for left in 0..<count {
                    for right in 0..<left {
                        let distance = squaredDistance(
                            base + left * points.columns, base + right * points.columns, count: points.columns)
                        target[left * count + right] = distance
                        target[right * count + left] = distance
                    }
                }
            }
        }
        return result
    }

    /// The kernel of symmetric squared distances.
    public static func kernel(squaredDistances distances: Matrix, gamma: Double) -> Matrix {
        var result = distances
        let count = distances.rows
        result.values.withUnsafeMutableBufferPointer { cells in
            for left in 0..<count {
                cells[left * count + left] = 1
                for right in 0..<left {
                    let value = exp(-gamma * cells[left * count + right])
                    cells[left * count + right] = value
                    cells[right * count + left] = value
                }
            }
        }
        return result
    }

    /// (K + diag ridge)⁻¹ Y; nil if that matrix is not positive definite.
    public static func weights(kernel: Matrix, ridge: [Double], targets: Matrix) -> Matrix? {
        var regularised = kernel
        for index in ridge.indices { regularised[index, index] += ridge[index] }
        return Cholesky(regularised)?.solve(targets)
    }
}
