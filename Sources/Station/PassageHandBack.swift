import Vocabulary

/// Back to the person: the belt runs towards the mouth, the gate opens, the item is offered until it is taken.
extension PassageMachine {
    func reject(
        _ item: MeasuredItem, _ rejection: Rejection, _ now: Instant, _ context: PassageContext
    ) -> Step {
        handBack(.rejected(item, rejection), now, context)
    }

    func handBack(_ subject: HandBack.Subject, _ now: Instant, _ context: PassageContext) -> Step {
        reverseBelt(HandBack(subject: subject, rounds: 1), now, context)
    }

    /// Something may lie where no sensor sees it. If the mouth is not free, the belt has not run for it yet, and does
    /// when it is.
    func handBackUnseen(_ now: Instant, _ context: PassageContext) -> Step {
        let rounds = context.isActive(.entryBeam) ? 0 : 1
        return reverseBelt(HandBack(subject: .foundOnBelt, rounds: rounds), now, context)
    }

    private func reverseBelt(_ handBack: HandBack, _ now: Instant, _ context: PassageContext) -> Step {
        // A hand or the item itself is already in the mouth.
        if context.isActive(.entryBeam) {
            return .to(.offering(handBack, until: now + context.windows.taking))
        }
        return .to(.handingBack(handBack, until: now + context.windows.handBack))
    }

    func handingBack(
        _ handBack: HandBack, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch event {
        case .entryBeam(isBlocked: true):
            return .to(.offering(handBack, until: now + context.windows.taking))
        case .deadlineReached:
            // Taken so quickly that the beam never answered.
            guard context.isActive(.presence) || context.isActive(.exitBeam) else { return finish(handBack) }
            return again(handBack, now, context)
        case .aborted, .drainingEnded:
            return strand(handBack, event)
        case .entryBeam(isBlocked: false), .exitBeam, .dropBeam, .presence, .metal, .diverterHome, .evidenceArrived,
            .classified, .acceptanceStored, .acceptanceFailed, .released, .stopRequested:
            return .stay
        }
    }

    func offering(
        _ handBack: HandBack, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch event {
        case .entryBeam(isBlocked: false):
            return mouthIsFree(handBack, now, context)
        case .deadlineReached:
            return .to(
                .notTaken(handBack, buzzerUntil: now + context.windows.taking),
                [.raise(Fault(.itemNotTaken)), .hold(.itemNotTaken)])
        case .aborted, .drainingEnded:
            return strand(handBack, event)
        case .entryBeam(isBlocked: true), .exitBeam, .dropBeam, .presence, .metal, .diverterHome, .evidenceArrived,
            .classified, .acceptanceStored, .acceptanceFailed, .released, .stopRequested:
            return .stay
        }
    }

    func notTaken(
        _ handBack: HandBack, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        let over: [PassageEffect] = [.lower(Fault(.itemNotTaken)), .release(.itemNotTaken)]
        switch event {
        case .entryBeam(isBlocked: false):
            var step = mouthIsFree(handBack, now, context)
            step.effects = over + step.effects
            return step
        // The buzzer has called long enough; the lamp stays red.
        case .deadlineReached:
            return .to(.notTaken(handBack, buzzerUntil: .distantFuture))
        case .aborted, .drainingEnded:
            var step = strand(handBack, event)
            step.effects = over + step.effects
            return step
        case .entryBeam(isBlocked: true), .exitBeam, .dropBeam, .presence, .metal, .diverterHome, .evidenceArrived,
            .classified, .acceptanceStored, .acceptanceFailed, .released, .stopRequested:
            return .stay
        }
    }

    private func mouthIsFree(_ handBack: HandBack, _ now: Instant, _ context: PassageContext) -> Step {
        context.isActive(.presence) || handBack.rounds == 0 ? again(handBack, now, context) : finish(handBack)
    }

    /// Something is still on the belt: once more, within a limit.
    private func again(_ handBack: HandBack, _ now: Instant, _ context: PassageContext) -> Step {
        guard handBack.rounds < Self.handBackRoundLimit else {
            return .to(.jammed(.arrival), ending(handBack) + [.raise(Fault(.arrivalJam)), .hold(.jam)])
        }
        return reverseBelt(HandBack(subject: handBack.subject, rounds: handBack.rounds + 1), now, context)
    }

    private func finish(_ handBack: HandBack) -> Step {
        .to(.empty, ending(handBack))
    }

    private func ending(_ handBack: HandBack) -> [PassageEffect] {
        switch handBack.subject {
        case .rejected(let item, let rejection): [Self.refusal(item, rejection, withdrawn: false)]
        case .accepted(let item, let cause): [Self.outcome(.returned, of: item, cause: cause)]
        // Its passage, if it had one, ended when it was interrupted.
        case .foundOnBelt: []
        }
    }

    private func strand(_ handBack: HandBack, _ event: PassageEvent) -> Step {
        switch handBack.subject {
        // The belt ran: it may lie between the mouth and the presence sensor's field.
        case .rejected, .foundOnBelt: .to(.stranded(.settled(.possible)), ending(handBack))
        case .accepted(let item, let cause):
            .to(.stranded(.settled(.possible)), [Self.outcome(.unconfirmed, of: item, cause: cause)])
        }
    }
}
