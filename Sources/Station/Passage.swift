import Vocabulary

/// Where the item is: one passage from the entry beam to its outcome. Each case carries exactly what exists then.
/// The state diagram is `Passage.md` beside this file.
public enum Passage: Hashable, Sendable {
    /// The station may not move anything and does not know what lies on the belt (start, abort, service).
    case stranded(Stranding)
    /// Movement is allowed again; the sensors are watched for a moment before anything is believed.
    case checking(Leftover, until: Instant)
    case empty
    /// The entry beam is interrupted: something is being put in.
    case entering(PassageID, until: Instant)
    /// The entry beam stayed interrupted.
    case mouthBlocked(PassageID)
    /// The mouth is free; the presence sensor has not answered yet.
    case settling(PassageID, until: Instant)
    case measuring(MeasuredItem, until: Instant)
    /// Something reaches through the mouth while the item is not yet accepted.
    case disturbed(MeasuredItem, until: Instant)
    case classifying(MeasuredItem)
    /// One look left it unknown: the belt brings another part of it before the near-infrared head.
    case shifting(MeasuredItem, Shift)
    /// Accepted, not yet on disk: nothing moves.
    case storing(PendingAcceptance, until: Instant)
    case diverting(AcceptedItem, until: Instant)
    /// The belt carries the item towards the exit beam.
    case carrying(AcceptedItem, Carriage)
    /// Something reaches through the mouth after acceptance: the belt stands.
    case interfered(AcceptedItem, Carriage)
    case passingExit(AcceptedItem, dropSeen: Bool, until: Instant)
    case dropping(AcceptedItem, until: Instant)
    /// The drop was seen; nothing may come back for a moment.
    case guarding(AcceptedItem, Guard)
    case clearing(AcceptedItem, Clearing)
    /// Needs a person. The outcome is already recorded.
    case jammed(JamKind)
    case handingBack(HandBack, until: Instant)
    /// The item lies in the mouth, to be taken.
    case offering(HandBack, until: Instant)
    /// It was not taken in time.
    case notTaken(HandBack, buzzerUntil: Instant)
}

/// Whether something may lie on the belt where no sensor sees it: between two fields, or between a field and a beam.
public enum Leftover: Hashable, Sendable {
    /// Nothing was moving when the passage ended: the sensors are believed.
    case none
    /// An item was cut off on its way. Only a belt that has run back shows whether it still lies there.
    case possible
}

public enum Stranding: Hashable, Sendable {
    case settled(Leftover)
    /// The storing of an acceptance was under way: its answer is awaited, whatever else happens, because it decides
    /// whether there is an acceptance to end.
    case storing(PendingAcceptance, isReleased: Bool)
}

/// An item that is being measured and not accepted.
public struct MeasuredItem: Hashable, Sendable {
    public var id: PassageID
    public var evidence: Evidence
    /// How often it has been put before the near-infrared head.
    public var placement = 1
}

/// The belt moves an item a little, always towards the person: nothing moves towards a bin before its acceptance.
public struct Shift: Hashable, Sendable {
    public enum Step: String, CaseIterable, Hashable, Sendable {
        case running
        /// Until belt and item stand still.
        case resting
    }
    public var step: Step
    /// What becomes of the item if it cannot be read again.
    public var rejection: Rejection
    public var until: Instant
}

/// An acceptance on its way to the disk.
public struct PendingAcceptance: Hashable, Sendable {
    public var item: MeasuredItem
    public var acceptance: Acceptance
    public var confidencePermille: Int { acceptance.confidencePermille }
}

/// An item whose acceptance is on disk under `sequence`: only such an item may move towards a bin.
public struct AcceptedItem: Hashable, Sendable {
    public var id: PassageID
    public var sequence: Int64
    public var acceptance: Acceptance
}

public struct Carriage: Hashable, Sendable {
    /// How often somebody reached in.
    public var interferences: Int
    public var until: Instant
}

public enum Guard: Hashable, Sendable {
    /// Watching for things that come back.
    case watching(until: Instant)
    /// The drop beam is still interrupted when the watch was over.
    case beamBlocked(until: Instant)
}

public enum JamKind: String, CaseIterable, Hashable, Sendable {
    /// No confirmation downstream in time.
    case arrival
    /// A beam stays interrupted.
    case sensor

    var fault: FaultCode {
        switch self {
        case .arrival: .arrivalJam
        case .sensor: .sensorJam
        }
    }

    var cause: OutcomeCause {
        switch self {
        case .arrival: .arrivalJam
        case .sensor: .sensorJam
        }
    }
}

public struct Clearing: Hashable, Sendable {
    public enum Step: String, CaseIterable, Hashable, Sendable {
        case runningOn, backingUp
    }
    public enum Place: String, CaseIterable, Hashable, Sendable {
        /// Not yet at the exit beam.
        case beforeExit
        /// In the exit beam.
        case atExit
        /// Past the exit beam, not seen by the drop beam.
        case beforeDrop
    }
    public var jam: JamKind
    public var place: Place
    /// 1 is the first.
    public var attempt: Int
    public var step: Step
    public var until: Instant
}

public struct HandBack: Hashable, Sendable {
    public enum Subject: Hashable, Sendable {
        case rejected(MeasuredItem, Rejection)
        case accepted(AcceptedItem, OutcomeCause)
        /// Nobody knows where it came from; it was on the belt at start or after a clear.
        case foundOnBelt
    }
    public var subject: Subject
    /// How often the belt has been reversed for it; 0: not yet, because the mouth is not free.
    public var rounds: Int
}

/// The name of a passage's state, for diagrams, tables and the status page.
public enum PassageName: String, CaseIterable, Hashable, Sendable {
    case stranded, checking, empty, entering, mouthBlocked, settling, measuring, disturbed, classifying, shifting
    case storing, diverting, carrying, interfered, passingExit, dropping, guarding, clearing, jammed
    case handingBack, offering, notTaken
}

extension Passage {
    public var name: PassageName {
        switch self {
        case .stranded: .stranded
        case .checking: .checking
        case .empty: .empty
        case .entering: .entering
        case .mouthBlocked: .mouthBlocked
        case .settling: .settling
        case .measuring: .measuring
        case .disturbed: .disturbed
        case .classifying: .classifying
        case .shifting: .shifting
        case .storing: .storing
        case .diverting: .diverting
        case .carrying: .carrying
        case .interfered: .interfered
        case .passingExit: .passingExit
        case .dropping: .dropping
        case .guarding: .guarding
        case .clearing: .clearing
        case .jammed: .jammed
        case .handingBack: .handingBack
        case .offering: .offering
        case .notTaken: .notTaken
        }
    }

    /// When `deadlineReached` is due; nil if the state waits for ever.
    public var deadline: Instant? {
        switch self {
        case .stranded, .empty, .mouthBlocked, .classifying, .jammed: nil
        case .checking(_, let until), .entering(_, let until), .settling(_, let until), .measuring(_, let until),
            .disturbed(_, let until), .storing(_, let until), .diverting(_, let until),
            .passingExit(_, _, let until), .dropping(_, let until), .handingBack(_, let until),
            .offering(_, let until):
            until
        case .shifting(_, let shift): shift.until
        case .carrying(_, let carriage), .interfered(_, let carriage): carriage.until
        case .clearing(_, let clearing): clearing.until
        case .guarding(_, .watching(let until)), .guarding(_, .beamBlocked(let until)): until
        // The buzzer's end; long past once it is quiet, see `PassageMachine.notTaken`.
        case .notTaken(_, let buzzerUntil): buzzerUntil == .distantFuture ? nil : buzzerUntil
        }
    }

    /// True while an item (or the suspicion of one) is under way: no second one is let in.
    public var isUnderWay: Bool {
        switch self {
        case .empty, .stranded, .jammed: false
        case .checking, .entering, .mouthBlocked, .settling, .measuring, .disturbed, .classifying, .shifting,
            .storing, .diverting, .carrying, .interfered, .passingExit, .dropping, .guarding, .clearing,
            .handingBack, .offering, .notTaken:
            true
        }
    }
}

extension Instant {
    static let distantFuture = Instant(nanoseconds: .max)
}
