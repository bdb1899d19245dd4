/// What holds after every step, whatever goes wrong. The numbers are those of the design's list.
public enum Invariant: String, CaseIterable, Hashable, Sendable {
    /// 1: nothing moves towards a bin before its acceptance is on disk.
    case durableBeforeMovement = "durable-before-movement"
    /// 1: an answer is given only for what a power cut cannot take back.
    case answeredIsDurable = "answered-is-durable"
    /// 2: every acceptance ends exactly once.
    case oneOutcome = "one-outcome"
    /// 3: the cluster's total is the fold over the ledger up to its watermark.
    case clusterIsFold = "cluster-is-fold"
    /// 3: the cluster and the station remember what they acknowledged.
    case acknowledgedIsHeld = "acknowledged-is-held"
    /// Retention takes nothing that the cluster has not acknowledged.
    case prunedIsAcknowledged = "pruned-is-acknowledged"
    /// 4: with an open interlock or without power nothing is energised that moves.
    case safeOutputs = "safe-outputs"
    /// 5: a failed or old reading never counts as a value.
    case readingsAreHonest = "readings-are-honest"
    /// 6: whatever is dead, the rest goes on, and everything ends when the faults are over.
    case progress
    /// 7: queues stay within their limits.
    case bounded
    /// 8: the chain is whole.
    case chain
    /// 9: the ledger is in the order of the monotonic clock of its boots.
    case timeOrder = "time-order"
    /// At the end: what lies in the bins is what the ledger committed, but for what it names unconfirmed.
    case truth
}

/// An invariant that did not hold: the first of a run.
public struct Violation: Hashable, Sendable, Error, CustomStringConvertible {
    public var invariant: Invariant
    /// What was expected, and what was found.
    public var message: String
    public var step: Int
    public var passages: Int

    public var description: String {
        "\(invariant.rawValue) at step \(step), after \(passages) passages: \(message)"
    }
}
