import Vocabulary

/// From the entry beam to the verdict: the item is in nobody's account yet.
extension PassageMachine {
    func entering(
        _ id: PassageID, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch event {
        case .entryBeam(isBlocked: false):
            return mouthFreed(id, now, context)
        case .deadlineReached:
            return .to(.mouthBlocked(id), [.raise(Fault(.entryBlocked)), .hold(.entryBlocked)])
        case .aborted, .drainingEnded:
            return .to(.stranded(.settled(.none)))
        // Presence often answers while the hand is still in the beam: its level is looked at once the mouth is free.
        case .entryBeam(isBlocked: true), .exitBeam, .dropBeam, .presence, .metal, .diverterHome, .evidenceArrived,
            .classified, .acceptanceStored, .acceptanceFailed, .released, .stopRequested:
            return .stay
        }
    }

    func mouthBlocked(
        _ id: PassageID, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        let over: [PassageEffect] = [.lower(Fault(.entryBlocked)), .release(.entryBlocked)]
        switch event {
        case .entryBeam(isBlocked: false):
            var step = mouthFreed(id, now, context)
            step.effects = over + step.effects
            return step
        case .aborted, .drainingEnded:
            return .to(.stranded(.settled(.none)), over)
        case .entryBeam(isBlocked: true), .exitBeam, .dropBeam, .presence, .metal, .diverterHome, .evidenceArrived,
            .classified, .acceptanceStored, .acceptanceFailed, .deadlineReached, .released, .stopRequested:
            return .stay
        }
    }

    private func mouthFreed(_ id: PassageID, _ now: Instant, _ context: PassageContext) -> Step {
        context.isActive(.presence)
            ? measure(id, now, context) : .to(.settling(id, until: now + context.windows.settling))
    }

    func settling(
        _ id: PassageID, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch event {
        case .presence(isActive: true):
            return measure(id, now, context)
        case .entryBeam(isBlocked: true):
            return .to(.entering(id, until: now + context.windows.entering))
        // Only a hand, or taken out again before anything was measured.
        case .deadlineReached:
            return .to(.empty)
        case .aborted, .drainingEnded:
            return .to(.stranded(.settled(.none)))
        case .entryBeam(isBlocked: false), .exitBeam, .dropBeam, .presence(isActive: false), .metal, .diverterHome,
            .evidenceArrived, .classified, .acceptanceStored, .acceptanceFailed, .released, .stopRequested:
            return .stay
        }
    }

    private func measure(_ id: PassageID, _ now: Instant, _ context: PassageContext) -> Step {
        var item = MeasuredItem(id: id, evidence: Evidence())
        item.evidence.presence = .good(true, at: now)
        item.evidence.metal = .good(context.isActive(.metal), at: now)
        if context.isStopping { return reject(item, Rejection(reason: .stopping), now, context) }
        let sources = context.settings.evidenceSources
        guard !sources.isEmpty else { return classify(item) }
        return .to(
            .measuring(item, until: now + context.windows.measuring), [.measure(id, sources)])
    }

    func classify(_ item: MeasuredItem) -> Step {
        .to(.classifying(item), [.classify(item.id, item.evidence)])
    }

    func measuring(
        _ item: MeasuredItem, _ until: Instant, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        var item = item
        switch event {
        case .evidenceArrived(let id, let reading):
            guard id == item.id else { return .stay }
            item.evidence.take(reading)
            let isComplete =
                item.placement == 1
                ? context.settings.evidenceSources.allSatisfy(item.evidence.hasHeard(from:))
                : item.evidence.placements >= item.placement
            return isComplete ? classify(item) : .to(.measuring(item, until: until))
        // Metal is latched: a small lid can be seen at one moment only.
        case .metal(isActive: true):
            item.evidence.metal = .good(true, at: now)
            return .to(.measuring(item, until: until))
        case .deadlineReached:
            return classify(item)
        case .presence, .entryBeam, .aborted, .stopRequested, .drainingEnded:
            return unaccepted(item, event, now, context)
        case .metal(isActive: false), .exitBeam, .dropBeam, .diverterHome, .classified, .acceptanceStored,
            .acceptanceFailed, .released:
            return .stay
        }
    }

    func classifying(
        _ item: MeasuredItem, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch event {
        case .classified(let id, let classification):
            guard id == item.id else { return .stay }
            let verdict = VerdictPolicy.verdict(
                on: classification, settings: context.settings, fullBins: context.fullBins)
            switch verdict {
            case .reject(let rejection):
                return mayLookAgain(at: item, rejection.reason, context)
                    ? shift(item, rejection, now, context) : reject(item, rejection, now, context)
            case .accept(let acceptance): return store(item, acceptance, now, context)
            }
        case .presence, .entryBeam, .aborted, .stopRequested, .drainingEnded:
            return unaccepted(item, event, now, context)
        case .metal, .exitBeam, .dropBeam, .diverterHome, .evidenceArrived, .acceptanceStored, .acceptanceFailed,
            .deadlineReached, .released:
            return .stay
        }
    }

    /// What measuring, classifying and shifting have in common: the item leaves, or somebody reaches in.
    func unaccepted(
        _ item: MeasuredItem, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch event {
        case .presence(isActive: false):
            return withdraw(item)
        case .entryBeam(isBlocked: true):
            return .to(.disturbed(item, until: now + context.windows.entering))
        case .aborted, .drainingEnded:
            return Self.strand(item, event.name == .aborted ? .aborted : .stopping)
        case .stopRequested:
            return reject(item, Rejection(reason: .stopping), now, context)
        case .presence(isActive: true), .entryBeam(isBlocked: false), .exitBeam, .dropBeam, .metal, .diverterHome,
            .evidenceArrived, .classified, .acceptanceStored, .acceptanceFailed, .deadlineReached, .released:
            return .stay
        }
    }

    func disturbed(
        _ item: MeasuredItem, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch event {
        case .presence(isActive: false):
            return withdraw(item)
        // The hand is gone and something is still there: a second item may have been added.
        case .entryBeam(isBlocked: false), .deadlineReached:
            return reject(item, Rejection(reason: .twoItems), now, context)
        case .aborted, .drainingEnded:
            return Self.strand(item, event.name == .aborted ? .aborted : .stopping)
        case .presence(isActive: true), .entryBeam(isBlocked: true), .exitBeam, .dropBeam, .metal, .diverterHome,
            .evidenceArrived, .classified, .acceptanceStored, .acceptanceFailed, .released, .stopRequested:
            return .stay
        }
    }

    private func withdraw(_ item: MeasuredItem) -> Step {
        .to(.empty, [Self.refusal(item, Rejection(reason: .noEvidence), withdrawn: true)])
    }
}
