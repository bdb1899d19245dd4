import Vocabulary

/// From the verdict to the first movement: durable first.
extension PassageMachine {
    func store(
        _ item: MeasuredItem, _ acceptance: Acceptance, _ now: Instant, _ context: PassageContext
    ) -> Step {
        let record = AcceptanceRecord(passage: item.id, acceptance: acceptance, evidence: item.evidence)
        return .to(
            .storing(
                PendingAcceptance(item: item, acceptance: acceptance), until: now + context.windows.storing),
            [.record(.accepted(record))])
    }

    func storing(
        _ pending: PendingAcceptance, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch event {
        case .acceptanceStored(let sequence):
            let item = AcceptedItem(id: pending.item.id, sequence: sequence, acceptance: pending.acceptance)
            var step = begin(item, now, context)
            step.effects.insert(.lower(Fault(.ledgerFailed, subject: "slow")), at: 0)
            return step
        case .acceptanceFailed:
            return reject(
                pending.item,
                Rejection(
                    reason: .notStored, material: pending.acceptance.identification.material,
                    packagingType: pending.acceptance.identification.packagingType,
                    confidencePermille: pending.acceptance.confidencePermille),
                now, context)
        // The disk is slow. The answer must be awaited: it decides whether there is an acceptance to end.
        case .deadlineReached:
            return .to(
                .storing(pending, until: now + context.windows.storing),
                [.raise(Fault(.ledgerFailed, subject: "slow"))])
        case .aborted, .drainingEnded:
            return .to(.stranded(.storing(pending, isReleased: false)))
        // Levels are looked at when the ledger has answered: nothing moves before.
        case .entryBeam, .exitBeam, .dropBeam, .presence, .metal, .diverterHome, .evidenceArrived, .classified,
            .released, .stopRequested:
            return .stay
        }
    }

    /// The acceptance is on disk: move, unless the item was pulled out meanwhile.
    private func begin(_ item: AcceptedItem, _ now: Instant, _ context: PassageContext) -> Step {
        guard context.isActive(.presence) else { return reverse(item, now, context) }
        guard !context.isActive(.entryBeam) else {
            return .to(.interfered(item, Carriage(interferences: 1, until: now + context.windows.entering)))
        }
        return isInPlace(item, context)
            ? carry(item, interferences: 0, now, context)
            : .to(.diverting(item, until: now + context.windows.diverting))
    }

    /// The home switch is the diverter's only sensor: away from home counts as under way to the commanded position.
    private func isInPlace(_ item: AcceptedItem, _ context: PassageContext) -> Bool {
        let position = context.settings.bins.first { $0.id == item.acceptance.bin }?.position ?? .home
        return context.isActive(.diverterHome) == (position == .home)
    }

    func diverting(
        _ item: AcceptedItem, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch event {
        case .diverterHome:
            return isInPlace(item, context) ? carry(item, interferences: 0, now, context) : .stay
        case .deadlineReached:
            var step = handBack(.accepted(item, .diverterStuck), now, context)
            step.effects += [.raise(Fault(.diverterStuck)), .hold(.diverterStuck)]
            return step
        case .presence(isActive: false):
            return reverse(item, now, context)
        case .entryBeam(isBlocked: true):
            return .to(.interfered(item, Carriage(interferences: 1, until: now + context.windows.entering)))
        case .aborted(let cause):
            return Self.strand(item, cause)
        case .drainingEnded:
            return Self.strand(item, .stopping)
        case .entryBeam(isBlocked: false), .exitBeam, .dropBeam, .presence(isActive: true), .metal,
            .evidenceArrived, .classified, .acceptanceStored, .acceptanceFailed, .released, .stopRequested:
            return .stay
        }
    }
}
