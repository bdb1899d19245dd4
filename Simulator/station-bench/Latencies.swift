/// What a run of durations says, in microseconds.
struct Latencies: CustomStringConvertible {
    private let sorted: [Int64]

    init(_ nanoseconds: [Int64]) { sorted = nanoseconds.sorted() }

    private func share(_ share: Double) -> Double {
        Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1000
    }

    var description: String {
        "n \(sorted.count)  p50 \(tenths(share(0.5)))  p99 \(tenths(share(0.99)))  max \(tenths(share(1)))"
    }

    func ratio(to other: Latencies) -> String {
        func ratio(_ part: Double) -> String { hundredths(share(part) / other.share(part)) }
        return "p50 \(ratio(0.5))  p99 \(ratio(0.99))  max \(ratio(1))"
    }

    var meanMicroseconds: Double { Double(sorted.reduce(0, +)) / Double(sorted.count) / 1000 }
    /// One after the other.
    var perSecond: Int { Int(1_000_000 / meanMicroseconds) }
}

func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
private func hundredths(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
