import Vocabulary

extension FaultKind {
    /// The power goes between two effects of the controller.
    static let powerCut = FaultKind("power-cut", everyPassages: 40) { exploration, random in
        guard exploration.power.isOn else { return }
        exploration.power.effectsLeft = Int(random.next() % 12)
    }
}
