import Vocabulary

extension FaultKind {
    /// The wall clock is set, by up to two days, forwards or backwards.
    static let clockStep = FaultKind("clock-step", everyPassages: 60) { exploration, random in
        let range: Int64 = 48 * 3_600_000
        exploration.clocks.wallOffsetMilliseconds = Int64(random.next() % UInt64(2 * range)) - range
    }
}
