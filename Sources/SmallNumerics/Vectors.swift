/// Sum of products. Four sums run side by side, because one waits for its own last addition; their order is fixed, so
/// the same numbers give the same bits on every machine.
public func dot(_ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, count: Int) -> Double {
    var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
    let whole = count & ~3
    var index = 0
    while index < whole {
        a += left[index] * right[index]
        b += left[index + 1] * right[index + 1]
        c += left[index + 2] * right[index + 2]
        d += left[index + 3] * right[index + 3]
        index += 4
    }
    while index < count {
        a += left[index] * right[index]
        index += 1
    }
    return (a + b) + (c + d)
}

/// Squared Euclidean distance, summed like `dot`.
public func squaredDistance(_ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, count: Int) -> Double {
    var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
    let whole = count & ~3
    var index = 0
    while index < whole {
        let p = left[index] - right[index]
        let q = left[index + 1] - right[index + 1]
        let r = left[index + 2] - right[index + 2]
        let s = left[index + 3] - right[index + 3]
        a += p * p
        b += q * q
        c += r * r
        d += s * s
        index += 4
    }
    while index < count {
        let p = left[index] - right[index]
        a += p * p
        index += 1
    }
    return (a + b) + (c + d)
}

/// Both arrays must have one length.
public func dot(_ left: [Double], _ right: [Double]) -> Double {
    precondition(left.count == right.count)
    return left.withUnsafeBufferPointer { a in
        right.withUnsafeBufferPointer { b in
            guard let a = a.baseAddress, let b = b.baseAddress else { return 0 }
            return dot(a, b, count: left.count)
        }
    }
}

/// 0 for no numbers.
public func mean(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
}

/// The mean of vectors of one length; there must be at least one.
public func mean(ofVectors vectors: [[Double]]) -> [Double] {
    var sum = [Double](repeating: 0, count: vectors[0].count)
    for vector in vectors {
        for index in sum.indices { sum[index] += vector[index] }
    }
    return sum.map { $0 / Double(vectors.count) }
}
