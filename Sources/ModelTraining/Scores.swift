import SmallNumerics

/// What was found of one object that was not trained on.
public struct Judged: Hashable, Sendable {
    /// Of the class that was named.
    public var confidence: Double
    public var isRight: Bool
    public var isDecided: Bool
    /// What puts objects in order when fewer than all are to be decided: confidence, and novelty where it is equal.
    public var order: Double

    public init(confidence: Double, isRight: Bool, isDecided: Bool, order: Double) {
        (self.confidence, self.isRight) = (confidence, isRight)
        (self.isDecided, self.order) = (isDecided, order)
    }

    init(confidence: Double, novelty: Double?, isRight: Bool, isDecided: Bool) {
        // Novelty only orders what is equally sure.
        self.init(
            confidence: confidence, isRight: isRight, isDecided: isDecided, order: confidence + 1e-6 * (novelty ?? 0))
    }
}

/// Figures of judged objects.
public enum Scores {
    public static let calibrationBins = 10

    /// Expected calibration error: over ten bins of confidence, the mean difference between confidence and accuracy,
    /// each bin by its share (Naeini, Cooper and Hauskrecht, 2015).
    public static func calibrationError(_ judged: [Judged]) -> Double {
        reliability(judged).reduce(0) {
            $0 + abs($1.confidence - $1.accuracy) * Double($1.count) / Double(max(judged.count, 1))
        }
    }

    public struct Bin: Hashable, Sendable, Codable {
        public var from: Double
        public var count: Int
        public var confidence: Double
        public var accuracy: Double
    }

    /// The bins that are not empty.
    public static func reliability(_ judged: [Judged]) -> [Bin] {
        (0..<calibrationBins).compactMap { place in
            let bin = judged.filter { min(Int($0.confidence * Double(calibrationBins)), calibrationBins - 1) == place }
            guard !bin.isEmpty else { return nil }
            return Bin(
                from: Double(place) / Double(calibrationBins), count: bin.count,
                confidence: mean(bin.map(\.confidence)), accuracy: share(bin, \.isRight))
        }
    }

    /// The greatest share of the objects, surest first, of which at least `accuracy` are right.
    public static func decidedShare(_ judged: [Judged], accuracy: Double) -> Double {
        var right = 0
        var most = 0
        for (index, one) in judged.sorted(by: { $0.order > $1.order }).enumerated() {
            if one.isRight { right += 1 }
            if Double(right) >= accuracy * Double(index + 1) - 1e-12 { most = index + 1 }
        }
        return judged.isEmpty ? 0 : Double(most) / Double(judged.count)
    }

    /// Share of the objects; 0 for none.
    public static func share(_ judged: [Judged], _ condition: (Judged) -> Bool) -> Double {
        judged.isEmpty ? 0 : Double(judged.count(where: condition)) / Double(judged.count)
    }

    /// Accuracy when only the surest are decided: for each share, the accuracy of those.
    public static func acceptReject(
        _ judged: [Judged], shares: [Double]
    ) -> [(share: Double, accuracy: Double)] {
        let sorted = judged.sorted { $0.order > $1.order }
        return shares.map { share in
            let count = Int((share * Double(sorted.count)).rounded(.up))
            return (share, Self.share(Array(sorted.prefix(count)), \.isRight))
        }
    }

    public static let resamples = 2000

    /// The middle 95 % of a figure over objects drawn again with replacement (Efron, 1979). Nil for no objects.
    public static func interval<One>(
        _ objects: [One], seed: UInt64, _ figure: ([One]) -> Double
    ) -> (low: Double, high: Double)? {
        guard !objects.isEmpty else { return nil }
        var random = SplitMix64(seed: seed)
        let figures = (0..<resamples).map { _ in
            figure((0..<objects.count).map { _ in objects[random.below(objects.count)] })
        }
        guard let low = OrderStatistics.quantile(figures, 0.025), let high = OrderStatistics.quantile(figures, 0.975)
        else { return nil }
        return (low, high)
    }
}
