import CLinux
import SimulatedStation
import StationPorts
import Vocabulary

/// The world's clock: the machine's monotonic one, so many times faster, beginning at 0.
struct ScaledClock: MonotonicClock {
    private let origin: Int64
    let scale: Double

    init(scale: Double) {
        origin = linux_monotonic_nanoseconds()
        self.scale = scale
    }

    var now: Instant {
        Instant(nanoseconds: Int64(Double(linux_monotonic_nanoseconds() - origin) * scale))
    }

    /// Where this clock is on that of the machine.
    var begun: OutputEvent { .begun(monotonicNanoseconds: origin, timeScale: scale) }

    /// Real time from now until the world's clock shows `instant`.
    func realDuration(until instant: Instant) -> Duration {
        .nanoseconds(Int64(Double(instant.nanoseconds - now.nanoseconds) / scale))
    }
}
