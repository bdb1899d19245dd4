/// How long raw readings are kept beside their entries. Entries themselves stay for ever.
public struct RetentionSettings: Hashable, Sendable {
    /// Readings older than this are pruned.
    public var age: Duration = .seconds(90 * 86_400)
    /// While the ledger's file uses more bytes than this, its oldest readings are pruned whatever their age.
    public var sizeBytes: Int64 = 2_000_000_000
    /// Where no cluster is configured nothing is ever acknowledged: whether readings may be pruned all the same.
    public var withoutCluster = false

    public init() {}
}
