import Vocabulary

/// What the machine wants done, in order. The durable effect comes first; a failed one comes back as an event.
public enum StationEffect: Hashable, Sendable {
    /// Store the record durably; answered by `recordStored` or `recordFailed`.
    case append(RecordToken, LedgerRecord)
    /// As `append`, of a record that the ledger refused before: what it says is no news.
    case appendAgain(RecordToken, LedgerRecord)
    case set(OutputLine, isOn: Bool)
    /// De-energise every output now, the heartbeat excepted.
    case makeSafe
    /// Ask these devices about the item in the chamber; each answers with `evidenceArrived`.
    case measure(PassageID, Set<EvidenceSource>)
    /// Let the near-infrared head take its references; answered by `referencesTaken`.
    case takeReferences
    /// Ask the classifier; answered by `classified`.
    case classify(PassageID, Evidence)
    /// Everything is done; the daemon may exit.
    case finish
}
