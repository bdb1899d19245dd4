import Vocabulary

/// Everything that can happen to a station. Past tense, and nothing in it has been judged yet.
public enum StationEvent: Hashable, Sendable {
    /// A debounced level that was read again before it was believed.
    case lineChanged(InputLine, isActive: Bool)
    /// A device answered, or failed to, about the item of this passage.
    case evidenceArrived(PassageID, EvidenceReading)
    /// The near-infrared head took its references, or could not.
    case referencesTaken(Measured<HeadReferences>)
    /// The classifier's answer to `StationEffect.classify`.
    case classified(PassageID, Classification)
    /// A record is on disk.
    case recordStored(RecordToken, sequence: Int64)
    /// A record could not be stored; it is not in the ledger.
    case recordFailed(RecordToken, StoreFailure)
    /// A level sensor's periodic reading, 0 to 100 %.
    case binLevelRead(BinID, Measured<Int>)
    case deviceFound(DeviceID)
    case deviceLost(DeviceID, ReadingFailure)
    /// The conveyor drive's own fault code; 0 means none.
    case driveFaultRead(UInt16)
    case diskChanged(DiskState)
    /// An output or input line could not be used; `worked` after it could again.
    case lineFailed(String)
    case lineWorked(String)
    case commanded(OperatorCommand, by: String)
    /// The configuration was read again; only what may change at run time is in it.
    case settingsChanged(IntakeSettings)
    /// Sent when `StationMachine.nextDeadline` is reached; carries nothing, the time is the argument.
    case deadlineReached
    case stopRequested
}

/// Names one append so that its completion finds its way back.
public struct RecordToken: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

public enum StoreFailure: String, CaseIterable, Hashable, Sendable {
    case diskFull
    /// Any other error of the ledger; its text is in the log.
    case failed
}

public enum DiskState: String, CaseIterable, Hashable, Sendable {
    /// Enough space for the ledger to go on.
    case ample
    /// Less than the reserve is free: intake stops before anything is lost.
    case low
    /// The ledger cannot be written for another reason.
    case failed
}
