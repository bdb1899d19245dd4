import Vocabulary

extension FaultKind {
    /// An operator finds that something was counted wrongly: its mass, its material, its outcome, or that it was there
    /// at all. What lies in the bins stays what it is, so the truth is still held against what was written first.
    static let countedWrongly = FaultKind("counted-wrongly", everyPassages: 15) { exploration, random in
        guard !exploration.account.counting.isEmpty else { return }
        let place = Int(random.next() % UInt64(exploration.account.counting.count))
        let (kind, mass) = (random.next() % 4, Int64(random.next() % 60_000))
        exploration.correct(exploration.account.counting[place]) { item in
            var next = item
            switch kind {
            case 0: return nil
            case 1:
                next.packagingType = nil
                next.material = .fibre
            case 2: next.outcome = .returned
            case _: next.massMilligrams = mass
            }
            return next
        }
    }
}
