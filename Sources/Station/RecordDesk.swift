import Vocabulary

/// Keeps every record until the ledger has it: hands out tokens, keeps what failed, and says when to try again.
struct RecordDesk: Hashable, Sendable {
    /// Passage records wait without a limit of their own: intake is suspended while one waits, so there are a few at
    /// most. Of the others (modes, faults, commands) at most this many wait; the oldest give way.
    static let remarkLimit = 64
    static let retryInterval: Duration = .seconds(5)

    private var lastToken: Int64 = 0
    private var underWay: [RecordToken: LedgerRecord] = [:]
    private var failed: [LedgerRecord] = []
    private(set) var retryAt: Instant?
    private(set) var failure: StoreFailure?

    /// Everything that is not yet known to be on disk.
    var waitingRecords: [LedgerRecord] { Array(underWay.values) + failed }

    func isWaiting(for token: RecordToken) -> Bool { underWay[token] != nil }

    /// A token for a record that goes to the ledger.
    mutating func issue(_ record: LedgerRecord) -> RecordToken {
        lastToken += 1
        let token = RecordToken(rawValue: lastToken)
        underWay[token] = record
        return token
    }

    /// The record that the token stood for; nil for a token that is not under way.
    mutating func stored(_ token: RecordToken) -> LedgerRecord? {
        let record = underWay.removeValue(forKey: token)
        if failed.isEmpty { failure = nil }
        return record
    }

    /// An acceptance is given back to the caller and not tried again: the item has not moved.
    mutating func failed(_ token: RecordToken, _ reason: StoreFailure, at now: Instant) -> LedgerRecord? {
        guard let record = underWay.removeValue(forKey: token) else { return nil }
        failure = reason
        switch record {
        case .accepted: break
        case .ended, .refused: failed.append(record)
        case .started, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped, .clockChanged, .hoursCorrected,
            .corrected:
            failed.append(record)
            trimRemarks()
        }
        retryAt = retryAt ?? now + Self.retryInterval
        return record
    }

    private mutating func trimRemarks() {
        let remarks = failed.indices.filter { !failed[$0].endsPassage }
        if remarks.count > Self.remarkLimit, let oldest = remarks.first { failed.remove(at: oldest) }
    }

    /// Everything that failed, once more, in its old order.
    mutating func retry() -> [StationEffect] {
        retryAt = nil
        let records = failed
        failed = []
        if records.isEmpty { failure = nil }
        return records.map { .appendAgain(issue($0), $0) }
    }
}

extension LedgerRecord {
    fileprivate var endsPassage: Bool {
        switch self {
        case .ended, .refused: true
        case .started, .accepted, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped, .clockChanged,
            .hoursCorrected, .corrected:
            false
        }
    }
}
