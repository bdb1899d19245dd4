import Station

/// Judges whether the ledger can go on: free space with hysteresis, and writes that failed. Says so on transitions.
struct DiskWatch: Sendable {
    /// Less than this is low; back to ample needs a fifth more, so that the state does not flap.
    let reserveBytes: Int64
    /// Nil until the first look.
    private(set) var state: DiskState?

    var ampleAgainBytes: Int64 { reserveBytes + reserveBytes / 5 }

    init(reserveBytes: Int64) { self.reserveBytes = reserveBytes }

    /// A look at the disk. `freeBytes` is nil if the file system did not answer; `writes` says whether a trial write
    /// went through, and is asked only after a failure. Returns the state if it is a new one.
    mutating func look(freeBytes: Int64?, writes: () -> Bool) -> DiskState? {
        guard let freeBytes else { return move(to: .failed) }
        switch state {
        case nil, .ample: return move(to: freeBytes < reserveBytes ? .low : .ample)
        case .low: return freeBytes >= ampleAgainBytes && writes() ? move(to: .ample) : nil
        case .failed:
            guard writes() else { return nil }
            return move(to: freeBytes < ampleAgainBytes ? .low : .ample)
        }
    }

    /// A write was refused. Returns the state if it is a new one.
    mutating func fail(_ failure: StoreFailure) -> DiskState? {
        switch failure {
        case .diskFull: move(to: .low)
        case .failed: move(to: .failed)
        }
    }

    private mutating func move(to next: DiskState) -> DiskState? {
        guard next != state else { return nil }
        state = next
        return next
    }
}
