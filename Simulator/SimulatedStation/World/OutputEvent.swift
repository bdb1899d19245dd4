import Vocabulary

/// What the station does to the world's lines, told between the events of the world: it is the station's doing, so the
/// world does not report it by itself.
public enum OutputEvent: Hashable, Sendable {
    /// The world's clock shows 0 when the machine's monotonic clock shows this, and goes so many times as fast.
    case begun(monotonicNanoseconds: Int64, timeScale: Double)
    case changed(OutputLine, isOn: Bool)
    /// The station's process is gone from the lines, and they have all fallen back.
    case released

    /// One JSON object, as the lines of `WorldEvent`.
    public func jsonLine(at time: Instant) -> String {
        let fields =
            switch self {
            case .begun(let nanoseconds, let scale):
                "\"event\":\"begun\",\"monotonicNanoseconds\":\(nanoseconds),\"timeScale\":\(scale)"
            case .changed(let line, let isOn):
                "\"event\":\"outputChanged\",\"line\":\"\(line.rawValue)\",\"level\":\"\(isOn ? "on" : "off")\""
            case .released: "\"event\":\"outputsReleased\""
            }
        return "{\"atMilliseconds\":\(time.nanoseconds / 1_000_000),\(fields)}"
    }
}
