import Vocabulary

/// A tag reader that latches (Inveo RFID-MB-10): it scans its field by itself, keeps the first code that it hears, and
/// hears no other until somebody clears its flag. A tag that is long gone still stands there.
struct LatchingTagReader: Hashable, Sendable {
    static let scanPeriod: Duration = .milliseconds(100)
    private static let codeWords = 5

    /// Chance that one scan hears a tag that is in the field.
    let readProbability: Double
    private var random: SeededRandom
    private var field: [Tag] = []
    private var nextScan: Instant
    private var code = [UInt16](repeating: 0, count: codeWords)
    private var isFlagSet = false

    init(readProbability: Double, random: SeededRandom, at now: Instant) {
        self.readProbability = readProbability
        self.random = random
        nextScan = now + Self.scanPeriod
    }

    /// What stands in its field from now on.
    mutating func hear(_ tags: [Tag], at now: Instant) {
        guard tags != field else { return }
        scan(until: now)
        field = tags
    }

    mutating func loseSupply() {
        code = [UInt16](repeating: 0, count: Self.codeWords)
        isFlagSet = false
    }

    /// Makes the scans that fell due since somebody looked. Without a tag, or with its flag set, they find nothing.
    private mutating func scan(until now: Instant) {
        while nextScan <= now, !isFlagSet, let tag = field.randomElement(using: &random) {
            if random.happens(probability: readProbability) {
                code = [0, 0, 0, tag.number.highWord, tag.number.lowWord]
                isFlagSet = true
            }
            nextScan = nextScan + Self.scanPeriod
        }
        let missed = (now - nextScan).inNanoseconds / Self.scanPeriod.inNanoseconds
        if nextScan <= now { nextScan = nextScan + Self.scanPeriod * (Int(missed) + 1) }
    }

    /// 1000 to 1004 code, 1005 model, 1006 and 1007 versions, 1008 to 1010 what its output does when nobody asks any
    /// longer, 1011 to 1013 what it does else.
    mutating func readHolding(address: UInt16, count: UInt16, at now: Instant) -> RegisterAnswer {
        guard let range = RegisterRange(address: address, count: count, limit: 125) else {
            return .exception(.illegalValue)
        }
        scan(until: now)
        return range.answer { address in
            switch address {
            case 1000...1004: code[address - 1000]
            case 1005...1007: 1
            case 1008...1013: 0
            default: nil
            }
        }
    }

    /// Coil 1004 is the flag; 1000 to 1003 belong to its output.
    mutating func readCoils(address: UInt16, count: UInt16, at now: Instant) -> RegisterAnswer {
        guard let range = RegisterRange(address: address, count: count, limit: 2000) else {
            return .exception(.illegalValue)
        }
        scan(until: now)
        return range.answer { address in
            switch address {
            case 1000...1003: 0
            case 1004: isFlagSet ? 1 : 0
            default: nil
            }
        }
    }

    mutating func writeCoils(address: UInt16, values: [UInt16], at now: Instant) -> RegisterAnswer {
        guard address == 1004, values.count == 1 else { return .exception(.illegalAddress) }
        scan(until: now)
        isFlagSet = values[0] != 0
        return .values([])
    }
}
