/// What a contact does besides changing: it bounces, and now and then it rings faster than anybody listens, so that
/// edges are lost in the kernel's buffer. One seed gives one sequence.
public struct ContactNoise: Sendable {
    /// More bounces than any debounce time has room for.
    public static let bouncesLimit = 100
    /// Odd, as every change is, and four times what the kernel buffers for a line (16 edges): with a buffer that drops
    /// the newest, the last edge that a client hears of leads to the level before the change.
    public static let burstToggles = 65

    private let bounces: Int
    private let overflowEvery: Int?
    private var random: any RandomNumberGenerator & Sendable
    private var changes = 0

    /// - Parameters:
    ///   - bounces: a change is followed by 0 to so many bounces, away from the new level and back.
    ///   - overflowEvery: every so many changes, of all lines together, one is a burst; nil: none.
    public init(bounces: Int, overflowEvery: Int?, random: any RandomNumberGenerator & Sendable) {
        precondition((0...Self.bouncesLimit).contains(bounces), "a contact bounces 0 to 100 times, not \(bounces)")
        precondition(overflowEvery.map { $0 > 0 } ?? true, "bursts come after 1 change or more")
        self.bounces = bounces
        self.overflowEvery = overflowEvery
        self.random = random
    }

    /// How often the wire toggles when the line changes once: an odd number.
    public mutating func togglesOfNextChange() -> Int {
        changes += 1
        if let overflowEvery, changes.isMultiple(of: overflowEvery) { return Self.burstToggles }
        return bounces == 0 ? 1 : 1 + 2 * Int(random.next(upperBound: UInt64(bounces + 1)))
    }
}
