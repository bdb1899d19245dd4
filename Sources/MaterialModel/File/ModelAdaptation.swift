import Glibc
import Vocabulary

/// That a model was adapted to one head by items whose material is known, as its file states it.
///
/// "Before" is what the model said that it was made from; "after" is what the adapted one says of an item that was left
/// out of the adaptation.
public struct ModelAdaptation: Codable, Hashable, Sendable {
    public struct Verdict: Codable, Hashable, Sendable {
        /// Nil if nothing could be read.
        public var named: Material?
        /// What the item's own material was given, 0 to 1.
        public var probability: Double
        /// The spectrum alone would have been enough for a decision.
        public var isDecided: Bool

        public init(named: Material?, probability: Double, isDecided: Bool) {
            (self.named, self.probability, self.isDecided) = (named, probability, isDecided)
        }
    }

    public struct Item: Codable, Hashable, Sendable {
        public var object: String
        public var material: Material
        /// When and where it was measured, as the table of measurements calls it.
        public var sessions: [String]
        public var placements: Int
        public var before: Verdict
        public var after: Verdict

        public init(
            object: String, material: Material, sessions: [String], placements: Int, before: Verdict, after: Verdict
        ) {
            (self.object, self.material, self.sessions) = (object, material, sessions)
            (self.placements, self.before, self.after) = (placements, before, after)
        }
    }

    /// Of the model that was adapted, 64 hexadecimal digits.
    public var baseSHA256: String
    /// The power, at most 1, that the probabilities are taken to beside what the base does with them.
    public var softening: Double
    /// Sorted by name.
    public var items: [Item]

    public init(baseSHA256: String, softening: Double, items: [Item]) {
        (self.baseSHA256, self.softening, self.items) = (baseSHA256, softening, items)
    }
}

extension ModelAdaptation {
    /// How well the known items were judged.
    public struct Figures: Hashable, Sendable {
        /// Items that were named rightly.
        public var right = 0
        public var decided = 0
        public var decidedRight = 0
        /// Mean of -ln of the probability of the right material.
        public var logLoss = 0.0
    }

    public var before: Figures { figures(\.before) }
    public var after: Figures { figures(\.after) }

    /// Less counts as this: a probability of 0 would make one item outweigh all others.
    static let leastProbability = 1e-4

    private func figures(_ of: (Item) -> Verdict) -> Figures {
        var figures = Figures()
        for item in items {
            let verdict = of(item)
            let isRight = verdict.named == item.material
            if isRight { figures.right += 1 }
            if verdict.isDecided { figures.decided += 1 }
            if verdict.isDecided, isRight { figures.decidedRight += 1 }
            figures.logLoss += -log(max(verdict.probability, Self.leastProbability))
        }
        figures.logLoss /= Double(max(items.count, 1))
        return figures
    }
}
