import StrictYAML
import Vocabulary

/// Reads `ledger`: how long raw readings are kept.
func readLedger(_ ledger: YAMLMapping) -> RetentionSettings? {
    ledger.optional("retention", absent: RetentionSettings()) { $0.mapping(readRetention) }
}

private func readRetention(_ retention: YAMLMapping) -> RetentionSettings? {
    let usual = RetentionSettings()
    let age = retention.optional("age", absent: usual.age) { $0.duration(in: Limits.retentionAge) }
    let size = retention.optional("size", absent: usual.sizeBytes) { $0.bytes(in: Limits.retentionBytes) }
    let alone = retention.optional("withoutCluster", absent: usual.withoutCluster) { $0.bool() }
    guard let age, let size, let alone else { return nil }
    var settings = usual
    (settings.age, settings.sizeBytes, settings.withoutCluster) = (age, size, alone)
    return settings
}
