import Vocabulary

/// The accepted item on its way: exit beam, drop beam, the moment after.
extension PassageMachine {
    func carry(
        _ item: AcceptedItem, interferences: Int, _ now: Instant, _ context: PassageContext
    ) -> Step {
        .to(.carrying(item, Carriage(interferences: interferences, until: now + context.windows.transit)))
    }

    func carrying(
        _ item: AcceptedItem, _ carriage: Carriage, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch event {
        case .exitBeam(isBlocked: true):
            return enterExit(item, now, context)
        case .dropBeam(isBlocked: true):
            return wrongOrder(item, now, context)
        case .entryBeam(isBlocked: true):
            return .to(
                .interfered(
                    item,
                    Carriage(interferences: carriage.interferences + 1, until: now + context.windows.entering)))
        case .deadlineReached:
            return clear(item, .arrival, .beforeExit, attempt: 1, now, context)
        case .aborted(let cause):
            return Self.strand(item, cause)
        case .drainingEnded:
            return Self.strand(item, .stopping)
        // A short item leaves the presence sensor's field before it reaches the exit beam.
        case .presence, .entryBeam(isBlocked: false), .exitBeam(isBlocked: false), .dropBeam(isBlocked: false),
            .metal, .diverterHome, .evidenceArrived, .classified, .acceptanceStored, .acceptanceFailed, .released,
            .stopRequested:
            return .stay
        }
    }

    func enterExit(_ item: AcceptedItem, _ now: Instant, _ context: PassageContext) -> Step {
        .to(.passingExit(item, dropSeen: false, until: now + context.windows.beamClear))
    }

    /// Something fell that had not passed the exit beam: no credit.
    func wrongOrder(_ item: AcceptedItem, _ now: Instant, _ context: PassageContext) -> Step {
        .to(
            .checking(.none, until: now + context.windows.settling),
            [Self.outcome(.unconfirmed, of: item, cause: .beamOrder), .raise(Fault(.beamOrder))])
    }

    func interfered(
        _ item: AcceptedItem, _ carriage: Carriage, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch event {
        case .entryBeam(isBlocked: false):
            guard context.isActive(.presence) else { return reverse(item, now, context) }
            return carriage.interferences > Self.interferenceLimit
                ? handBack(.accepted(item, .pulledOut), now, context)
                : carry(item, interferences: carriage.interferences, now, context)
        case .exitBeam(isBlocked: true):
            return enterExit(item, now, context)
        case .dropBeam(isBlocked: true):
            return wrongOrder(item, now, context)
        case .deadlineReached:
            return jam(item, .arrival)
        case .aborted(let cause):
            return Self.strand(item, cause)
        case .drainingEnded:
            return Self.strand(item, .stopping)
        // Whether the item is still there is asked when the mouth is free again.
        case .presence, .entryBeam(isBlocked: true), .exitBeam(isBlocked: false), .dropBeam(isBlocked: false),
            .metal, .diverterHome, .evidenceArrived, .classified, .acceptanceStored, .acceptanceFailed, .released,
            .stopRequested:
            return .stay
        }
    }

    func passingExit(
        _ item: AcceptedItem, _ dropSeen: Bool, _ until: Instant, _ event: PassageEvent, _ now: Instant,
        _ context: PassageContext
    ) -> Step {
        switch event {
        case .exitBeam(isBlocked: false):
            return dropSeen
                ? watch(item, now, context) : .to(.dropping(item, until: now + context.windows.drop))
        // A long item reaches the drop beam before its end has left the exit beam.
        case .dropBeam(isBlocked: true):
            return .to(.passingExit(item, dropSeen: true, until: until))
        case .presence(isActive: true):
            return reverse(item, now, context)
        case .deadlineReached:
            return clear(item, .sensor, .atExit, attempt: 1, now, context)
        case .aborted(let cause):
            return Self.strand(item, cause)
        case .drainingEnded:
            return Self.strand(item, .stopping)
        // Somebody waits at the shut gate with the next item.
        case .entryBeam, .exitBeam(isBlocked: true), .dropBeam(isBlocked: false), .presence(isActive: false),
            .metal, .diverterHome, .evidenceArrived, .classified, .acceptanceStored, .acceptanceFailed, .released,
            .stopRequested:
            return .stay
        }
    }

    func dropping(
        _ item: AcceptedItem, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch event {
        case .dropBeam(isBlocked: true):
            return watch(item, now, context)
        // It comes back, or a second one follows: only its drop counts, once.
        case .exitBeam(isBlocked: true):
            return enterExit(item, now, context)
        case .presence(isActive: true):
            return reverse(item, now, context)
        case .deadlineReached:
            return clear(item, .arrival, .beforeDrop, attempt: 1, now, context)
        case .aborted(let cause):
            return Self.strand(item, cause)
        case .drainingEnded:
            return Self.strand(item, .stopping)
        case .entryBeam, .exitBeam(isBlocked: false), .dropBeam(isBlocked: false), .presence(isActive: false),
            .metal, .diverterHome, .evidenceArrived, .classified, .acceptanceStored, .acceptanceFailed, .released,
            .stopRequested:
            return .stay
        }
    }

    func watch(_ item: AcceptedItem, _ now: Instant, _ context: PassageContext) -> Step {
        .to(.guarding(item, .watching(until: now + context.windows.guarding)))
    }

    mutating func guarding(
        _ item: AcceptedItem, _ phase: Guard, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch event {
        case .exitBeam(isBlocked: true), .presence(isActive: true):
            return reverse(item, now, context)
        case .deadlineReached:
            guard context.isActive(.dropBeam) else { return commit(item) }
            switch phase {
            case .watching:
                return .to(.guarding(item, .beamBlocked(until: now + context.windows.beamClear)))
            case .beamBlocked:
                return jam(item, .sensor)
            }
        case .dropBeam(isBlocked: false):
            switch phase {
            case .watching: return .stay
            case .beamBlocked: return commit(item)
            }
        case .aborted(let cause):
            return Self.strand(item, cause)
        case .drainingEnded:
            return Self.strand(item, .stopping)
        case .entryBeam, .exitBeam(isBlocked: false), .dropBeam(isBlocked: true), .presence(isActive: false),
            .metal, .diverterHome, .evidenceArrived, .classified, .acceptanceStored, .acceptanceFailed, .released,
            .stopRequested:
            return .stay
        }
    }

    private mutating func commit(_ item: AcceptedItem) -> Step {
        consecutiveUnconfirmed = 0
        // A passage that went well is the proof that the beams work again.
        let lowered: [PassageEffect] = [.fishing, .beamOrder, .dropUnconfirmed].map { .lower(Fault($0)) }
        return .to(.empty, [Self.outcome(.committed, of: item)] + lowered)
    }
}
