/// A wrong behaviour that the explorer can put between the real parts, to prove that its checks find such a thing. They
/// live in the explorer's own seams; nothing that is shipped knows of them.
public enum PlantedBug: String, CaseIterable, Hashable, Sendable {
    /// The ledger answers an acceptance before it is committed.
    case answersBeforeCommit
    /// The ledger's disk takes syncs for done, as with `synchronous = OFF` or a lying drive.
    case stationSyncsAreLies
    /// The cluster's disk does.
    case clusterSyncsAreLies
    /// A write that failed is told as stored.
    case failureToldAsSuccess
    /// Outcomes never reach the ledger.
    case outcomesAreLost
    /// The start overlooks acceptances without an outcome.
    case recoveryIsBlind
    /// The cluster counts a repeated report again.
    case repeatsAreCounted
    /// A report leaves out a total.
    case reportIsIncomplete
    /// What a correction takes back is not taken back.
    case correctionsOnlyAdd
    /// No answer counts as the cluster's consent.
    case silenceIsConsent
    /// Readings are pruned as if there were no cluster to acknowledge them.
    case unacknowledgedIsPruned
    /// Outputs stay as they are when the daemon dies.
    case outputsOutliveTheDaemon
    /// An open interlock switches nothing off.
    case interlockIsIgnored
    /// The failed reading of a scale counts as zero.
    case errorIsZero
    /// The scale's last value stays when it fails.
    case lastValueStays
    /// The deadline for a device that does not answer is never reached.
    case deadDeviceBlocks
    /// Deadlines are held against the wall clock.
    case timersFollowTheWallClock
    /// Each letter that arrives is sent again, twice.
    case lettersBreed
    /// Somebody edits an entry.
    case entryIsEdited
    /// Answers come in reverse.
    case answersAreReversed
    /// An item that was pulled out again is credited.
    case fishedItemsAreCredited

    /// What has to find it.
    public var expected: Set<Invariant> {
        switch self {
        case .answersBeforeCommit: [.durableBeforeMovement, .answeredIsDurable]
        case .stationSyncsAreLies: [.answeredIsDurable]
        // What such a disk has torn may also never open again.
        case .clusterSyncsAreLies: [.acknowledgedIsHeld, .progress]
        case .failureToldAsSuccess: [.chain, .answeredIsDurable]
        case .outcomesAreLost, .recoveryIsBlind: [.oneOutcome]
        case .repeatsAreCounted, .reportIsIncomplete, .correctionsOnlyAdd: [.clusterIsFold]
        case .silenceIsConsent: [.acknowledgedIsHeld]
        case .unacknowledgedIsPruned: [.prunedIsAcknowledged]
        case .outputsOutliveTheDaemon, .interlockIsIgnored: [.safeOutputs]
        case .errorIsZero, .lastValueStays: [.readingsAreHonest]
        case .deadDeviceBlocks, .timersFollowTheWallClock: [.progress]
        case .lettersBreed: [.bounded]
        case .entryIsEdited: [.chain]
        case .answersAreReversed: [.timeOrder]
        case .fishedItemsAreCredited: [.truth]
        }
    }
}
