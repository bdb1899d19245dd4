import Vocabulary

/// Jams are cleared by the belt itself before a person is called: running on first, then back and on again.
extension PassageMachine {
    func clear(
        _ item: AcceptedItem, _ kind: JamKind, _ place: Clearing.Place, attempt: Int, _ now: Instant,
        _ context: PassageContext
    ) -> Step {
        let clearing = Clearing(
            jam: kind, place: place, attempt: attempt,
            // Past the exit beam the belt cannot pull anything back.
            step: attempt == 1 || place == .beforeDrop ? .runningOn : .backingUp,
            until: now + context.windows.clearing)
        return .to(.clearing(item, clearing))
    }

    mutating func clearing(
        _ item: AcceptedItem, _ clearing: Clearing, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch event {
        case .exitBeam(isBlocked: true):
            return enterExit(item, now, context)
        case .exitBeam(isBlocked: false):
            return clearedExit(item, clearing, now, context)
        case .dropBeam(isBlocked: true):
            return clearing.place == .beforeExit ? wrongOrder(item, now, context) : watch(item, now, context)
        case .presence(isActive: true):
            return clearing.place == .beforeDrop ? reverse(item, now, context) : .stay
        case .entryBeam(isBlocked: true):
            return reachedMouth(item, clearing, now, context)
        case .deadlineReached:
            return attemptEnded(item, clearing, now, context)
        case .aborted(let cause):
            return Self.strand(item, cause)
        case .drainingEnded:
            return Self.strand(item, .stopping)
        case .entryBeam(isBlocked: false), .dropBeam(isBlocked: false), .presence(isActive: false), .metal,
            .diverterHome, .evidenceArrived, .classified, .acceptanceStored, .acceptanceFailed, .released,
            .stopRequested:
            return .stay
        }
    }

    /// The exit beam is free: ahead when the belt ran on, back in the chamber when it backed up.
    private func clearedExit(
        _ item: AcceptedItem, _ clearing: Clearing, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch clearing.step {
        case .runningOn:
            return .to(.dropping(item, until: now + context.windows.drop))
        case .backingUp:
            var back = clearing
            back.place = .beforeExit
            return .to(.clearing(item, back))
        }
    }

    /// The belt brought it back to the mouth, or somebody reaches in.
    private func reachedMouth(
        _ item: AcceptedItem, _ clearing: Clearing, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch (clearing.step, clearing.place) {
        case (.backingUp, _):
            return .to(.clearing(item, runOn(clearing, now, context)))
        case (.runningOn, .beforeExit):
            return .to(.interfered(item, Carriage(interferences: 1, until: now + context.windows.entering)))
        case (.runningOn, .atExit), (.runningOn, .beforeDrop):
            return .stay
        }
    }

    private func runOn(_ clearing: Clearing, _ now: Instant, _ context: PassageContext) -> Clearing {
        var onward = clearing
        onward.step = .runningOn
        // It has to come all the way again.
        onward.until = now + context.windows.clearing + context.windows.clearing
        return onward
    }

    private mutating func attemptEnded(
        _ item: AcceptedItem, _ clearing: Clearing, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch clearing.step {
        case .backingUp:
            return .to(.clearing(item, runOn(clearing, now, context)))
        case .runningOn:
            if clearing.attempt < context.settings.jamClearingAttempts {
                return clear(
                    item, clearing.jam, clearing.place, attempt: clearing.attempt + 1, now, context)
            }
            switch clearing.place {
            case .beforeExit, .atExit: return jam(item, clearing.jam)
            case .beforeDrop: return dropUnseen(item, context)
            }
        }
    }

    /// It left the belt and nobody saw it fall: counted apart; the station goes on unless it happens again and again.
    private mutating func dropUnseen(_ item: AcceptedItem, _ context: PassageContext) -> Step {
        consecutiveUnconfirmed += 1
        let isTooOften = consecutiveUnconfirmed >= context.settings.consecutiveUnconfirmedLimit
        return .to(
            .empty,
            [Self.outcome(.unconfirmed, of: item, cause: .dropNotSeen), .raise(Fault(.dropUnconfirmed))]
                + (isTooOften ? [.hold(.dropsUnconfirmed)] : []))
    }
}
