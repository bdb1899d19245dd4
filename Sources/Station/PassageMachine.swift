import Vocabulary

/// Follows one item after the other through the station.
///
/// Terms: an item is *measured* until its acceptance is on disk, *accepted* from then on. Each state's function answers
/// every event; what an event does not change is listed with the reason where it is not obvious. The functions stand
/// in files by phase: `PassageStart`, `PassageIntake`, `PassageShift`, `PassageAcceptance`, `PassageTransport`,
/// `PassageHandBack`.
public struct PassageMachine: Hashable, Sendable {
    public internal(set) var state: Passage
    /// Passages begun since the start of the daemon.
    var passagesBegun: Int64 = 0
    /// Drops in a row that nobody saw.
    var consecutiveUnconfirmed = 0

    /// More reaching-in than this while an accepted item is carried brings the item back.
    static let interferenceLimit = 3
    /// More reversals than this for one hand-back and a person is needed.
    static let handBackRoundLimit = 6

    /// A station at its start: nothing has been released yet.
    public init(leftover: Leftover = .none) {
        state = .stranded(.settled(leftover))
    }

    public init(state: Passage) {
        self.state = state
    }

    /// Effects come in the order in which they are to be carried out.
    public mutating func handle(
        _ event: PassageEvent, at now: Instant, in context: PassageContext
    ) -> [PassageEffect] {
        let step = step(on: event, at: now, in: context)
        state = step.next ?? state
        return step.effects
    }

    private mutating func step(on event: PassageEvent, at now: Instant, in context: PassageContext) -> Step {
        switch state {
        case .stranded(let stranding): stranded(stranding, event, now, context)
        case .checking(let leftover, until: _): checking(leftover, event, now, context)
        case .empty: empty(event, now, context)
        case .entering(let id, until: _): entering(id, event, now, context)
        case .mouthBlocked(let id): mouthBlocked(id, event, now, context)
        case .settling(let id, until: _): settling(id, event, now, context)
        case .measuring(let item, let until): measuring(item, until, event, now, context)
        case .disturbed(let item, until: _): disturbed(item, event, now, context)
        case .classifying(let item): classifying(item, event, now, context)
        case .shifting(let item, let shift): shifting(item, shift, event, now, context)
        case .storing(let pending, until: _): storing(pending, event, now, context)
        case .diverting(let item, until: _): diverting(item, event, now, context)
        case .carrying(let item, let carriage): carrying(item, carriage, event, now, context)
        case .interfered(let item, let carriage): interfered(item, carriage, event, now, context)
        case .passingExit(let item, let dropSeen, let until):
            passingExit(item, dropSeen, until, event, now, context)
        case .dropping(let item, until: _): dropping(item, event, now, context)
        case .guarding(let item, let phase): guarding(item, phase, event, now, context)
        case .clearing(let item, let clearing): self.clearing(item, clearing, event, now, context)
        case .jammed(let kind): jammed(kind, event, now, context)
        case .handingBack(let handBack, until: _): handingBack(handBack, event, now, context)
        case .offering(let handBack, until: _): offering(handBack, event, now, context)
        case .notTaken(let handBack, buzzerUntil: _): notTaken(handBack, event, now, context)
        }
    }

    /// What one event leads to; `next` nil: the state stays.
    struct Step {
        var next: Passage?
        var effects: [PassageEffect] = []

        static let stay = Step(next: nil)

        static func to(_ next: Passage, _ effects: [PassageEffect] = []) -> Step {
            Step(next: next, effects: effects)
        }
    }

    // MARK: - Ends of passages

    static func outcome(
        _ outcome: Outcome, of item: AcceptedItem, cause: OutcomeCause? = nil
    ) -> PassageEffect {
        .record(
            .ended(
                OutcomeRecord(
                    acceptedSequence: item.sequence, acceptance: item.acceptance, outcome: outcome, cause: cause)))
    }

    static func refusal(
        _ item: MeasuredItem, _ rejection: Rejection, withdrawn: Bool
    ) -> PassageEffect {
        .record(
            .refused(
                RefusalRecord(
                    passage: item.id, rejection: rejection, withdrawn: withdrawn,
                    massMilligrams: item.evidence.mass.value.map(\.milligrams), evidence: item.evidence)))
    }

    /// Abort or the end of draining with an accepted item under way: where it ends can no longer be seen.
    static func strand(_ item: AcceptedItem, _ cause: OutcomeCause) -> Step {
        .to(.stranded(.settled(.possible)), [outcome(.unconfirmed, of: item, cause: cause)])
    }

    /// - Parameter leftover: whether the belt ran, so that it may lie where no sensor sees it.
    static func strand(_ item: MeasuredItem, _ reason: RejectReason, leftover: Leftover = .none) -> Step {
        .to(.stranded(.settled(leftover)), [refusal(item, Rejection(reason: reason), withdrawn: false)])
    }

    /// The accepted item came back towards the person: no credit.
    func reverse(_ item: AcceptedItem, _ now: Instant, _ context: PassageContext) -> Step {
        .to(
            .checking(.none, until: now + context.windows.settling),
            [Self.outcome(.reversed, of: item, cause: .pulledOut), .raise(Fault(.fishing))])
    }

    func jam(_ item: AcceptedItem, _ kind: JamKind) -> Step {
        .to(
            .jammed(kind),
            [Self.outcome(.unconfirmed, of: item, cause: kind.cause), .raise(Fault(kind.fault)), .hold(.jam)])
    }
}

extension AbortCause {
    /// What an accepted item's outcome is put down to when this stops it.
    var outcomeCause: OutcomeCause {
        switch self {
        case .emergencyStop: .emergencyStop
        case .doorOpen: .doorOpen
        }
    }
}
