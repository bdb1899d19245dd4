/// A dense matrix, row after row.
public struct Matrix: Hashable, Sendable {
    public let rows: Int
    public let columns: Int
    public var values: [Double]

    /// `values` must hold `rows` times `columns` numbers.
    public init(rows: Int, columns: Int, values: [Double]) {
        precondition(values.count == rows * columns)
        (self.rows, self.columns, self.values) = (rows, columns, values)
    }

    public init(rows: Int, columns: Int) {
        self.init(rows: rows, columns: columns, values: [Double](repeating: 0, count: rows * columns))
    }

    /// All rows must have one length; there must be at least one.
    public init(_ rows: [[Double]]) {
        self.init(rows: rows.count, columns: rows[0].count, values: rows.flatMap(\.self))
    }

    public subscript(row: Int, column: Int) -> Double {
        get { values[row * columns + column] }
        set { values[row * columns + column] = newValue }
    }

    public func row(_ row: Int) -> [Double] { Array(values[row * columns..<(row + 1) * columns]) }

    public func times(_ vector: [Double]) -> [Double] {
        precondition(vector.count == columns)
        return (0..<rows).map { row in
            values.withUnsafeBufferPointer { own in
                vector.withUnsafeBufferPointer { other in
                    guard let own = own.baseAddress, let other = other.baseAddress else { return 0 }
                    return dot(own + row * columns, other, count: columns)
                }
            }
        }
    }

    /// The product with its own transpose: rows times rows.
    public func timesOwnTranspose() -> Matrix {
        var product = Matrix(rows: rows, columns: rows)
        for left in 0..<rows {
            for right in 0...left {
                let sum = values.withUnsafeBufferPointer { own in
                    own.baseAddress.map { dot($0 + left * columns, $0 + right * columns, count: columns) } ?? 0
                }
                product[left, right] = sum
                product[right, left] = sum
            }
        }
        return product
    }

    /// Adds `weight` times the outer product of a vector with itself. The matrix must be square.
    public mutating func addOuter(_ vector: [Double], weight: Double = 1) {
        precondition(rows == columns && vector.count == rows)
        values.withUnsafeMutableBufferPointer { own in
            for row in 0..<rows {
                let factor = weight * vector[row]
                for column in 0..<columns { own[row * columns + column] += factor * vector[column] }
            }
        }
    }

    public mutating func add(_ other: Matrix, weight: Double = 1) {
        precondition(rows == other.rows && columns == other.columns)
        values.withUnsafeMutableBufferPointer { own in
            other.values.withUnsafeBufferPointer { added in
                for index in own.indices { own[index] += weight * added[index] }
            }
        }
    }

    public func scaled(by factor: Double) -> Matrix {
        Matrix(rows: rows, columns: columns, values: values.map { $0 * factor })
    }

    public var trace: Double { (0..<min(rows, columns)).reduce(0) { $0 + self[$1, $1] } }

    /// A covariance drawn towards a multiple of the unit matrix: (1 - a) S + a tr(S)/p I (Friedman, Regularized
    /// Discriminant Analysis, 1989, equation 18 with one class).
    public func shrunk(by amount: Double) -> Matrix {
        var result = scaled(by: 1 - amount)
        result.addToDiagonal(amount * trace / Double(rows))
        return result
    }

    public mutating func addToDiagonal(_ value: Double) {
        for index in 0..<min(rows, columns) { self[index, index] += value }
    }
}
