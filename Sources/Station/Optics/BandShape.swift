/// How one row of values per band differs from another, with what all bands share taken off.
///
/// Differences are taken relative to the mean of both values. Up to 20 % that is the logarithm of their ratio to a
/// thousandth, and it needs no logarithm: the core has none.
enum BandShape {
    /// Nil if the rows are of different lengths or a value is not above 0.
    static func offset(of values: [Double], from base: [Double]) -> [Double]? {
        guard values.count == base.count, !values.isEmpty else { return nil }
        var offset: [Double] = []
        offset.reserveCapacity(values.count)
        for (value, base) in zip(values, base) {
            guard value > 0, base > 0 else { return nil }
            offset.append(2 * (value - base) / (value + base))
        }
        return centred(offset)
    }

    static func centred(_ values: [Double]) -> [Double] {
        let mean = values.reduce(0, +) / Double(max(1, values.count))
        return values.map { $0 - mean }
    }

    static func meanSquare(_ values: [Double]) -> Double {
        values.reduce(0) { $0 + $1 * $1 } / Double(max(1, values.count))
    }
}
