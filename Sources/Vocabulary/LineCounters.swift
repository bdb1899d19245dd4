/// What an input's edges were good for since the daemon started.
public struct LineCounters: Codable, Hashable, Sendable {
    /// Told by the kernel.
    public var edges: Int64
    /// Of these, those that led to no believed change: bouncing and glitches.
    public var bounces: Int64
    /// That the kernel dropped, or that must have been between two edges of the same direction: at least so many.
    public var lost: Int64
    /// How often a level that was read disagreed with the last edge and was believed instead.
    public var recoveries: Int64

    public init(edges: Int64 = 0, bounces: Int64 = 0, lost: Int64 = 0, recoveries: Int64 = 0) {
        self.edges = edges
        self.bounces = bounces
        self.lost = lost
        self.recoveries = recoveries
    }
}
