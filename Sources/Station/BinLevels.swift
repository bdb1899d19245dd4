import Vocabulary

/// How full the bins are, with hysteresis; an unreadable sensor leaves the last judgement standing.
struct BinLevels: Hashable, Sendable {
    private(set) var levels: [BinID: Measured<Int>] = [:]
    private(set) var full: Set<BinID> = []

    mutating func take(_ level: Measured<Int>, of bin: BinID, _ settings: IntakeSettings) {
        levels[bin] = level
        guard let percent = level.value else { return }
        if percent >= settings.binFullLevelPercent { full.insert(bin) }
        if percent < settings.binFreeLevelPercent { full.remove(bin) }
    }

    /// An attendant says so; the next reading may say otherwise.
    mutating func wasEmptied(_ bin: BinID) {
        full.remove(bin)
    }

    func suspendsIntake(_ settings: IntakeSettings) -> Bool {
        switch settings.binFullPolicy {
        case .suspend: !full.isEmpty
        case .refuse: settings.bins.allSatisfy { full.contains($0.id) }
        }
    }
}
