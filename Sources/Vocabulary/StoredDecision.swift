/// What a station decided about one item, with the evidence that it decided on.
package struct StoredDecision: Hashable, Sendable {
    package var sequence: Int64
    package var wallTime: WallTime
    package var verdict: Verdict
    /// The person took the item back before there was a verdict; the stored one says so and nothing more.
    package var isWithdrawn: Bool
    /// Nil if the readings have been pruned.
    package var evidence: Evidence?

    package init(
        sequence: Int64, wallTime: WallTime, verdict: Verdict, isWithdrawn: Bool = false, evidence: Evidence?
    ) {
        self.sequence = sequence
        self.wallTime = wallTime
        self.verdict = verdict
        self.isWithdrawn = isWithdrawn
        self.evidence = evidence
    }
}
