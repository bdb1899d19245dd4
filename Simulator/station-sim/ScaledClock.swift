import Glibc
import StationPorts
import Vocabulary

/// The world's clock: the machine's monotonic one, so many times faster, beginning at 0.
struct ScaledClock: MonotonicClock {
    private let origin: Int64
    let scale: Double

    init(scale: Double) {
        origin = Self.monotonicNanoseconds()
        self.scale = scale
    }

    var now: Instant {
        Instant(nanoseconds: Int64(Double(Self.monotonicNanoseconds() - origin) * scale))
    }

    /// Real time from now until the world's clock shows `instant`.
    func realDuration(until instant: Instant) -> Duration {
        .nanoseconds(Int64(Double(instant.nanoseconds - now.nanoseconds) / scale))
    }

    private static func monotonicNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
