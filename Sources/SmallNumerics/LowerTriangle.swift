/// A lower triangular matrix, its rows packed one after the other: 1, 2, 3 … numbers.
public struct LowerTriangle: Hashable, Sendable {
    public let size: Int
    public let values: [Double]

    public static func count(size: Int) -> Int { size * (size + 1) / 2 }

    /// `values` must hold `count(size:)` numbers.
    public init(size: Int, values: [Double]) {
        precondition(values.count == Self.count(size: size))
        (self.size, self.values) = (size, values)
    }

    public init(of matrix: Matrix) {
        self.init(
            size: matrix.rows,
            values: (0..<matrix.rows).flatMap { row in (0...row).map { matrix[row, $0] } })
    }

    public func times(_ vector: [Double]) -> [Double] {
        precondition(vector.count == size)
        return [Double](unsafeUninitializedCapacity: size) { result, count in
            values.withUnsafeBufferPointer { own in
                vector.withUnsafeBufferPointer { other in
                    guard let start = own.baseAddress, let other = other.baseAddress else { return }
                    var row = start
                    for index in 0..<size {
                        (result.baseAddress! + index).initialize(to: dot(row, other, count: index + 1))
                        row += index + 1
                    }
                }
            }
            count = size
        }
    }
}
