import CLinux
import Glibc
import StationPorts
import Vocabulary

/// The machine's clocks.
public struct SystemClock: MonotonicClock {
    public init() {}

    /// `CLOCK_MONOTONIC`: not moved by NTP steps.
    public var now: Instant {
        Instant(nanoseconds: linux_monotonic_nanoseconds())
    }

    /// `CLOCK_REALTIME`, trusted once the kernel says that it is synchronised (`adjtimex` does not answer
    /// `TIME_ERROR`).
    public var wallTime: WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(
            unixMilliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000,
            isTrusted: linux_clock_is_synchronised())
    }
}
