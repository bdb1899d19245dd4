import StationConfig

/// The bounds that a bus puts on its traffic.
struct BusTiming: Hashable, Sendable {
    /// Least silence between two frames.
    var gap: Duration
    /// Silence after a frame that made no sense, so that a device which is still sending is heard out.
    var badFrameSilence: Duration
    /// A connection with a gateway or a network between can be dead without a sign: it is made anew when nothing
    /// answers. A serial port has nothing to make anew.
    var reconnectsAfterSilence: Bool

    /// At least 3.5 characters of silence stand between two RTU frames, 1.75 ms from 19200 baud upwards
    /// (Modbus over serial line V1.02, 2.5.1.1).
    init(_ settings: BusSettings) {
        switch settings.transport {
        case .rtu(_, let baud, let parity, let stopBits):
            let characterBits = 1 + 8 + (parity == .none ? 0 : 1) + stopBits
            let silence: Duration =
                baud > Self.fixedSilenceBaud
                ? .microseconds(1750) : .nanoseconds(Int64(characterBits) * 3_500_000_000 / Int64(baud))
            gap = max(settings.gap, silence)
            badFrameSilence = gap * Self.badFrameGaps
            reconnectsAfterSilence = false
        case .tcp:
            gap = settings.gap
            badFrameSilence = settings.gap
            reconnectsAfterSilence = true
        }
    }

    private static let fixedSilenceBaud = 19200
    private static let badFrameGaps = 3
}
