import Vocabulary

/// Before and between passages: nothing is known, the belt is checked, the chamber is empty.
extension PassageMachine {
    func stranded(
        _ stranding: Stranding, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch stranding {
        case .settled(let leftover):
            return event == .released ? .to(.checking(leftover, until: now + context.windows.settling)) : .stay
        case .storing(let pending, let isReleased):
            return strandedStoring(pending, isReleased, event, now, context)
        }
    }

    private func strandedStoring(
        _ pending: PendingAcceptance, _ isReleased: Bool, _ event: PassageEvent, _ now: Instant,
        _ context: PassageContext
    ) -> Step {
        let next: Passage =
            isReleased ? .checking(.none, until: now + context.windows.settling) : .stranded(.settled(.none))
        switch event {
        case .acceptanceStored(let sequence):
            let item = AcceptedItem(id: pending.item.id, sequence: sequence, acceptance: pending.acceptance)
            return .to(next, [Self.outcome(.unconfirmed, of: item, cause: .interrupted)])
        case .acceptanceFailed:
            return .to(next, [Self.refusal(pending.item, Rejection(reason: .notStored), withdrawn: false)])
        case .released:
            return .to(.stranded(.storing(pending, isReleased: true)))
        case .aborted:
            return .to(.stranded(.storing(pending, isReleased: false)))
        case .entryBeam, .exitBeam, .dropBeam, .presence, .metal, .diverterHome, .evidenceArrived, .classified,
            .deadlineReached, .stopRequested, .drainingEnded:
            return .stay
        }
    }

    func checking(
        _ leftover: Leftover, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch event {
        case .deadlineReached:
            if context.isActive(.presence) || context.isActive(.exitBeam) {
                return handBack(.foundOnBelt, now, context)
            }
            if context.isActive(.dropBeam) {
                return .to(.jammed(.sensor), [.raise(Fault(.sensorJam, subject: "dropBeam")), .hold(.jam)])
            }
            switch leftover {
            case .none: return .to(.empty)
            case .possible: return handBackUnseen(now, context)
            }
        case .aborted, .drainingEnded:
            return .to(.stranded(.settled(leftover)))
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
            return .to(.checking(.none, until: now + context.windows.settling))
        case .aborted, .drainingEnded:
            return .to(.stranded(.settled(.none)))
        case .entryBeam(isBlocked: false), .exitBeam(isBlocked: false), .dropBeam(isBlocked: false),
            .presence(isActive: false), .metal, .diverterHome, .evidenceArrived, .classified, .acceptanceStored,
            .acceptanceFailed, .deadlineReached, .released, .stopRequested:
            return .stay
        }
    }

    func jammed(_ kind: JamKind, _ event: PassageEvent, _ now: Instant, _ context: PassageContext) -> Step {
        switch event {
        case .released:
            return .to(.checking(.none, until: now + context.windows.settling))
        case .aborted, .drainingEnded:
            return .to(.stranded(.settled(.none)))
        case .entryBeam, .exitBeam, .dropBeam, .presence, .metal, .diverterHome, .evidenceArrived, .classified,
            .acceptanceStored, .acceptanceFailed, .deadlineReached, .stopRequested:
            return .stay
        }
    }
}
