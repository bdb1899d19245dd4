import Vocabulary

/// Makes items as they come out of real hands: no two cups weigh the same.
struct ItemMaker {
    enum Condition: String, CaseIterable {
        /// Within the catalogue's tolerance.
        case whole
        /// A piece is missing: twice the tolerance too light.
        case worn
    }

    var random: SeededRandom

    /// Mass of one item of a type, in milligrams.
    mutating func massMilligrams(of type: PackagingType, _ condition: Condition) -> Int64 {
        let tolerance = Double(type.massToleranceMilligrams)
        let deviation =
            switch condition {
            case .whole: max(-0.9, min(0.9, random.normal() / 3)) * tolerance
            case .worn: -(2 + 0.2 * random.uniform()) * tolerance
            }
        return max(SimulatedItem.massMilligramsRange.lowerBound, type.massMilligrams + Int64(deviation))
    }

    /// A number of the type's range; nil if its items carry no tag.
    mutating func tag(of type: PackagingType) -> Tag? {
        guard let range = type.tagClass else { return nil }
        return Tag(number: UInt32.random(in: range.firstTag...range.lastTag, using: &random))
    }

    /// Heavier items are longer, roughly.
    mutating func lengthMillimetres(massMilligrams: Int64) -> Double {
        let length = 60 + Double(massMilligrams) / 1000 * 0.5 + 5 * random.normal()
        return max(40, min(200, length)).rounded()
    }
}
