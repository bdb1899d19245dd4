import Vocabulary

/// Before and between passages: nothing is known, the belt is checked, the chamber is empty.
extension PassageMachine {
    func stranded(
        _ pending: PendingAcceptance?, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch event {
        case .released:
            return .to(.checking(until: now + context.windows.settling))
        case .acceptanceStored(let sequence):
            guard let pending else { return .stay }
            let item = AcceptedItem(id: pending.item.id, sequence: sequence, acceptance: pending.acceptance)
            return .to(
                .stranded(storing: nil), [Self.outcome(.unconfirmed, of: item, cause: .interrupted)])
        case .acceptanceFailed:
            guard let pending else { return .stay }
            return Self.strand(pending.item, .notStored)
        case .entryBeam, .exitBeam, .dropBeam, .presence, .metal, .diverterHome, .evidenceArrived, .classified,
            .deadlineReached, .aborted, .stopRequested, .drainingEnded:
            return .stay
        }
    }

    func checking(_ event: PassageEvent, _ now: Instant, _ context: PassageContext) -> Step {
        switch event {
        case .deadlineReached:
            if context.isActive(.presence) || context.isActive(.exitBeam) {
                return handBack(.foundOnBelt, now, context)
            }
            if context.isActive(.dropBeam) {
                return .to(.jammed(.sensor), [.raise(Fault(.sensorJam, subject: "dropBeam")), .hold(.jam)])
            }
            return .to(.empty)
        case .aborted, .drainingEnded:
            return .to(.stranded(storing: nil))
        case .entryBeam, .exitBeam, .dropBeam, .presence, .metal, .diverterHome, .evidenceArrived, .classified,
            .acceptanceStored, .acceptanceFailed, .released, .stopRequested:
            return .stay
        }
    }

    mutating func empty(_ event: PassageEvent, _ now: Instant, _ context: PassageContext) -> Step {
        switch event {
        case .entryBeam(isBlocked: true):
            guard context.mayIntake else { return .stay }
            passagesBegun += 1
            return .to(.entering(PassageID(rawValue: passagesBegun), until: now + context.windows.entering))
        // Something is on the belt that nobody was seen putting in.
        case .presence(isActive: true), .exitBeam(isBlocked: true), .dropBeam(isBlocked: true):
            return .to(.checking(until: now + context.windows.settling))
        case .aborted, .drainingEnded:
            return .to(.stranded(storing: nil))
        case .entryBeam(isBlocked: false), .exitBeam(isBlocked: false), .dropBeam(isBlocked: false),
            .presence(isActive: false), .metal, .diverterHome, .evidenceArrived, .classified, .acceptanceStored,
            .acceptanceFailed, .deadlineReached, .released, .stopRequested:
            return .stay
        }
    }

    func jammed(_ kind: JamKind, _ event: PassageEvent, _ now: Instant, _ context: PassageContext) -> Step {
        switch event {
        case .released:
            return .to(.checking(until: now + context.windows.settling))
        case .aborted, .drainingEnded:
            return .to(.stranded(storing: nil))
        case .entryBeam, .exitBeam, .dropBeam, .presence, .metal, .diverterHome, .evidenceArrived, .classified,
            .acceptanceStored, .acceptanceFailed, .deadlineReached, .stopRequested:
            return .stay
        }
    }
}
