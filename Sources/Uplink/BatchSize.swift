/// How many entries the next report covers at most: half as many after each report that was too much, twice as many
/// after each that was taken. So a thin line or a small proxy slows a backlog down and never stops it.
struct BatchSize: Hashable, Sendable {
    /// A report of so few entries has less than 4 kB: what does not take it takes no report at all.
    static let minimum = 16
    static let maximum = UplinkService.entryLimit

    private(set) var entries = maximum

    mutating func halve() { entries = max(Self.minimum, entries / 2) }
    mutating func double() { entries = min(Self.maximum, entries * 2) }

    /// Whether this answer says that less might be taken: the body is too large, or the cluster did not manage.
    static func isTooMuch(status: Int) -> Bool { status == 413 || (500...599).contains(status) }
}
