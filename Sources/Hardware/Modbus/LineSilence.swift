import CLinux
import StationPorts
import Vocabulary

/// What the kernel takes to wake a thread, in most cases.
private let wakingTime: Duration = .microseconds(80)

/// Keeps the calling thread until then, and with it the line silent. A sleep ends some time after it should: the last
/// moment is waited out, so that frames follow each other no later than they may.
/// - Parameter clock: one that shows CLOCK_MONOTONIC.
func keepSilent(until end: Instant, by clock: any MonotonicClock) {
    linux_sleep_until(end.nanoseconds - wakingTime.inNanoseconds)
    while clock.now < end {}
}

/// CLOCK_MONOTONIC, for whoever has no clock handed to it.
struct KernelClock: MonotonicClock {
    var now: Instant { Instant(nanoseconds: linux_monotonic_nanoseconds()) }
}
