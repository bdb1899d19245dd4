import Vocabulary

/// A station that stands still goes on when the reason is over. A restart would hide that it does not, and machines of
/// the explorer are restarted often.
extension Exploration {
    func checkStanding(_ mode: Mode) {
        guard !isExplained(mode) else {
            standsSince = nil
            return
        }
        let since = standsSince ?? now
        standsSince = since
        guard now > since.advanced(by: Self.standingLimit) else { return }
        violate(.progress, "the station has stood still for no reason since \(since); at \(now) it is \(stationState)")
    }

    /// Whether the station works, or stands still for something that is still so.
    private func isExplained(_ mode: Mode) -> Bool {
        switch mode {
        case .starting, .idle, .executing, .aborted, .service, .stopped: true
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
