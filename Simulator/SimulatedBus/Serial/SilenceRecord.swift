import Synchronization

/// The silences that a master left on a line before its requests.
public struct SilenceRecord: Hashable, Sendable {
    /// Requests with a frame before them on the line.
    public var requests = 0
    /// Those with less silence than an interval.
    public var violations = 0
    public var shortest: Duration?
    public var sum = Duration.zero
    /// From the first byte of the first request to that of the last.
    public var span = Duration.zero
    /// What the line itself was late with the last byte of its answers; a wire would not be.
    public var ownDelay = Duration.zero

    /// The first silences, of which the median is taken.
    public static let keptLimit = 4096
    private var kept: [Duration] = []

    public init() {}

    /// The silence that half of the first `keptLimit` requests did not reach: what a master leaves when the machine
    /// lets it. Nil before the first.
    public var median: Duration? { kept.isEmpty ? nil : kept.sorted()[kept.count / 2] }

    mutating func note(_ silence: Duration, interval: Duration, span: Duration) {
        self.span = span
        requests += 1
        if silence < interval { violations += 1 }
        shortest = min(silence, shortest ?? silence)
        sum += silence
        if kept.count < Self.keptLimit { kept.append(silence) }
    }
}

/// A record that its line writes and somebody else reads.
final class SilenceRecorder: Sendable {
    private let record = Mutex(SilenceRecord())

    var current: SilenceRecord {
        get { record.withLock { $0 } }
        set { record.withLock { $0 = newValue } }
    }
}
