import Station
import Vocabulary

/// A station that stands still goes on when the reason is over. A restart would hide that it does not, and machines of
/// the explorer are restarted often.
extension Exploration {
    func checkStanding(_ state: StationMachine) {
        guard !isExplained(state) else {
            standsSince = nil
            return
        }
        let since = standsSince ?? now
        standsSince = since
        guard now > since.advanced(by: Self.standingLimit) else { return }
        violate(.progress, "the station has stood still for no reason since \(since); at \(now) it is \(stationState)")
    }

    /// A restart would end it, and hide that the run before has forgotten it.
    func checkOpenAcceptance(_ state: StationMachine) {
        guard state.mode == .idle, state.passage == .empty, account.pending.isEmpty, let open = account.open.first
        else {
            forgottenSince = nil
            return
        }
        let since = forgottenSince ?? now
        forgottenSince = since
        // The writer's answer may be on its way to the controller.
        guard now > since.advanced(by: Self.answerLimit) else { return }
        violate(.oneOutcome, "entry \(open.sequence) has no outcome, and the station waits for the next item")
    }

    /// Whether the station works, or stands still for something that is still so.
    private func isExplained(_ state: StationMachine) -> Bool {
        switch state.mode {
        case .starting, .idle, .aborted, .service, .stopped: true
        // An item is measured within seconds, whatever is dead; the rest of its way depends on people and on the disk.
        case .executing: state.passage.name != .measuring && state.passage.name != .shifting
        case .stopping: false
        case .suspended(let causes): causes.contains { isStillSo($0) }
        // The other causes end with what people and items do, which has its own time.
        case .held(let causes): causes != [.driveFault] || world.with { $0.driveFaultCode } != 0
        }
    }

    private func isStillSo(_ cause: SuspendCause) -> Bool {
        switch cause {
        case .diskFull, .ledgerFailed: disk.capacityBytes < Self.diskBytes
        // The attendant empties it.
        case .binFull: false
        }
    }
}
