/// Makes a failing run smaller while it fails in the same way: fewer kinds of faults, fewer items, fewer steps.
public struct Minimiser {
    private let materials: ExplorationMaterials
    /// Runs that it may spend.
    public static let runsLimit = 200
    private var runs = 0

    public init(_ materials: ExplorationMaterials) { self.materials = materials }

    /// - Returns: the smallest settings found, and what they come to. Nil if `failing` does not fail.
    public mutating func minimise(_ failing: ExplorationSettings) -> (ExplorationSettings, ExplorationResult)? {
        guard let violation = run(failing).violation else { return nil }
        var best = failing
        best.stepLimit = violation.step
        dropFaults(&best, violation.invariant)
        fewerItems(&best, violation.invariant)
        dropFaults(&best, violation.invariant)
        let result = run(best)
        best.stepLimit = result.violation?.step
        return (best, run(best))
    }

    private mutating func dropFaults(_ best: inout ExplorationSettings, _ invariant: Invariant) {
        for kind in FaultKind.all where !best.without.contains(kind.name) {
            var smaller = best
            smaller.without.insert(kind.name)
            smaller.stepLimit = nil
            take(smaller, &best, invariant)
        }
    }

    private mutating func fewerItems(_ best: inout ExplorationSettings, _ invariant: Invariant) {
        var items = best.items / 2
        while items >= 1 {
            var smaller = best
            smaller.items = best.items - items
            smaller.stepLimit = nil
            if smaller.items < 1 || !take(smaller, &best, invariant) { items /= 2 }
        }
    }

    @discardableResult
    private mutating func take(
        _ smaller: ExplorationSettings, _ best: inout ExplorationSettings, _ invariant: Invariant
    ) -> Bool {
        guard runs < Self.runsLimit else { return false }
        guard let violation = run(smaller).violation, violation.invariant == invariant else { return false }
        best = smaller
        best.stepLimit = violation.step
        return true
    }

    private mutating func run(_ settings: ExplorationSettings) -> ExplorationResult {
        runs += 1
        return Exploration(settings, materials).run()
    }
}

extension ExplorationSettings {
    /// The command that runs exactly this again.
    public var replayCommand: String {
        var words = ["station-sim explore --first-seed \(seed) --seeds 1 --items \(items)"]
        words += without.sorted().map { "--without \($0)" }
        if let stepLimit { words.append("--steps \(stepLimit)") }
        return words.joined(separator: " ")
    }
}
