import Vocabulary

extension FaultKind {
    /// The power goes in the middle of a transaction, before one of the disk's next operations.
    static let powerCutInWrite = FaultKind("power-cut-in-write", everyPassages: 40) { exploration, random in
        exploration.disk.goOff(after: Int64(random.next() % 16))
    }
}
