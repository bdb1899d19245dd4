import Vocabulary

/// A second look: an item that one spectrum leaves unknown is shifted on the belt and put before the head again.
///
/// Placing an item anew is most of what differs between two spectra of it, so each look adds what the last one lacked.
/// Only items that would be handed back are looked at again: the others need not wait.
extension PassageMachine {
    /// Belt and item stand still this long after the belt was switched off: its ramp takes 100 ms.
    static let restAfterShift: Duration = .milliseconds(200)

    func mayLookAgain(at item: MeasuredItem, _ reason: RejectReason, _ context: PassageContext) -> Bool {
        let isHelpful =
            switch reason {
            case .lowConfidence, .contradiction, .unreadable: true
            // Looking until it passes would let more foreign things in than it helps others.
            case .foreign, .noEvidence, .noRoute, .binFull, .twoItems, .notStored, .stopping, .aborted: false
            }
        // A head that failed or did not answer is not waited for a second time.
        return isHelpful && item.evidence.placements == item.placement && item.evidence.lastSpectrum.value != nil
            && item.placement < min(context.settings.placements, IntakeSettings.placementLimit)
    }

    func shift(
        _ item: MeasuredItem, _ rejection: Rejection, _ now: Instant, _ context: PassageContext
    ) -> Step {
        .to(
            .shifting(
                item, Shift(step: .running, rejection: rejection, until: now + context.windows.shifting)))
    }

    func shifting(
        _ item: MeasuredItem, _ shift: Shift, _ event: PassageEvent, _ now: Instant, _ context: PassageContext
    ) -> Step {
        switch event {
        case .deadlineReached:
            switch shift.step {
            case .running:
                var shift = shift
                (shift.step, shift.until) = (.resting, now + Self.restAfterShift)
                return .to(.shifting(item, shift))
            case .resting:
                return measureAgain(item, now, context)
            }
        // Not taken out, for the gate is shut: the belt has carried it out of the sensor's field.
        case .presence(isActive: false):
            return reject(item, shift.rejection, now, context)
        case .metal(isActive: true):
            var item = item
            item.evidence.metal = .good(true, at: now)
            return .to(.shifting(item, shift))
        // The belt ran: it may lie between the mouth and the presence sensor's field.
        case .aborted, .drainingEnded:
            return Self.strand(item, event.name == .aborted ? .aborted : .stopping, leftover: .possible)
        case .presence(isActive: true), .entryBeam, .stopRequested:
            return unaccepted(item, event, now, context)
        case .metal(isActive: false), .exitBeam, .dropBeam, .diverterHome, .evidenceArrived, .classified,
            .acceptanceStored, .acceptanceFailed, .released:
            return .stay
        }
    }

    private func measureAgain(_ item: MeasuredItem, _ now: Instant, _ context: PassageContext) -> Step {
        var item = item
        item.placement += 1
        return .to(.measuring(item, until: now + context.windows.measuring), [.measure(item.id, [.nirHead])])
    }
}
