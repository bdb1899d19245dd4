import Glibc

/// x - ln Σ exp x, taken relative to the greatest so that nothing overflows.
public func logSoftmax(_ scores: [Double]) -> [Double] {
    let greatest = scores.max() ?? 0
    let sum = scores.reduce(0) { $0 + exp($1 - greatest) }
    let total = greatest + log(sum)
    return scores.map { $0 - total }
}

/// The place of the greatest value, the first of equals; 0 for none.
public func placeOfGreatest(_ values: [Double]) -> Int {
    var place = 0
    for index in values.indices where values[index] > values[place] { place = index }
    return place
}
