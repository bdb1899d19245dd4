import SimulatedStation
import Vocabulary

/// The clocks of the station's machine: monotonic since its boot, and civil time as it believes it to be.
final class SimulatedClocks: @unchecked Sendable {
    // Unchecked: one thread runs an exploration.
    let virtual: VirtualClock
    var bootedAt = Instant.zero
    /// What NTP, a person or a flat battery has moved the civil time by.
    var wallOffsetMilliseconds: Int64 = 0
    var isTrusted = true

    /// 2025-12-31T23:50Z: a run goes on into another hour, and another year.
    private static let beginning: Int64 = 1_767_225_000_000

    init(_ virtual: VirtualClock) { self.virtual = virtual }

    var monotonic: Instant { Instant(nanoseconds: virtual.now.nanoseconds - bootedAt.nanoseconds) }

    var wallTime: WallTime {
        WallTime(
            unixMilliseconds: Self.beginning + wallOffsetMilliseconds + virtual.now.nanoseconds / 1_000_000,
            isTrusted: isTrusted)
    }
}

/// The power of the station's machine. It can go between any two effects of the controller.
final class Power: @unchecked Sendable {
    // Unchecked: one thread runs an exploration.
    var isOn = false
    /// Effects until the power goes; nil: it stays.
    var effectsLeft: Int?

    /// Whether the next effect still happens.
    func lastsForOneMore() -> Bool {
        guard isOn else { return false }
        guard let left = effectsLeft else { return true }
        effectsLeft = left - 1
        if left <= 0 {
            isOn = false
            effectsLeft = nil
            return false
        }
        return true
    }
}
