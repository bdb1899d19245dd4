/// Values by their rank.
public enum OrderStatistics {
    /// The value that a share of the others lies below, interpolated linearly between neighbours (definition 7 of
    /// Hyndman and Fan, Sample Quantiles in Statistical Packages, 1996). `share` is 0 to 1; nil for no values.
    public static func quantile(_ values: [Double], _ share: Double) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let place = share * Double(sorted.count - 1)
        let left = min(max(Int(place), 0), sorted.count - 1)
        let right = min(left + 1, sorted.count - 1)
        return sorted[left] + (sorted[right] - sorted[left]) * (place - Double(left))
    }

    /// The median over all cells of a symmetric matrix with zeros on its diagonal and positive numbers elsewhere.
    /// Nil for an empty one.
    public static func median(ofDistances distances: Matrix) -> Double? {
        let size = distances.rows
        guard size > 0 else { return nil }
        var below: [Double] = []
        below.reserveCapacity(size * (size - 1) / 2)
        for row in 0..<size {
            for column in 0..<row { below.append(distances[row, column]) }
        }
        let cells = size * size
        // In order come the zeros of the diagonal, then each distance twice.
        func cell(_ rank: Int) -> Double { rank < size ? 0 : select(&below, rank: (rank - size) / 2) }
        return cells % 2 == 1 ? cell(cells / 2) : (cell(cells / 2 - 1) + cell(cells / 2)) / 2
    }

    /// The value that `rank` others would stand before in order; reorders the values (Hoare, Algorithm 65: FIND, 1961).
    public static func select(_ values: inout [Double], rank: Int) -> Double {
        values.withUnsafeMutableBufferPointer { cells in
            var (low, high) = (0, cells.count - 1)
            while low < high {
                let pivot = cells[low + (high - low) / 2]
                var (left, right) = (low, high)
                while left <= right {
                    while cells[left] < pivot { left += 1 }
                    while cells[right] > pivot { right -= 1 }
                    if left <= right {
                        cells.swapAt(left, right)
                        left += 1
                        right -= 1
                    }
                }
                if rank <= right {
                    high = right
                } else if rank >= left {
                    low = left
                } else {
                    return cells[rank]
                }
            }
            return cells[rank]
        }
    }
}
