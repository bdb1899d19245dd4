import Vocabulary

/// The tag reader above the chamber (TechnoTrade VRD-485): now and then a tag in its field is not heard.
public struct TagReader: Hashable, Sendable {
    /// Chance that one poll hears a tag that is in the field.
    let readProbability: Double
    private var random: SeededRandom
    /// Tags in the field, put there by the world.
    var tagsInField: [Tag] = []

    init(readProbability: Double, random: SeededRandom) {
        self.readProbability = readProbability
        self.random = random
    }

    /// One poll. Of several tags any one may answer.
    public mutating func poll() -> Tag? {
        guard let tag = tagsInField.randomElement(using: &random) else { return nil }
        return random.happens(probability: readProbability) ? tag : nil
    }

    /// Holding registers 2 and 3: the tag's number, high word first; 0 for none.
    mutating func read(address: UInt16, count: UInt16) -> RegisterAnswer {
        guard let range = RegisterRange(address: address, count: count, limit: 125) else {
            return .exception(.illegalValue)
        }
        guard range.first >= 2, range.first + range.count <= 4 else { return .exception(.illegalAddress) }
        let number = poll()?.number ?? 0
        return range.answer { $0 == 2 ? number.highWord : number.lowWord }
    }
}
