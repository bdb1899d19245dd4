import Station
import Vocabulary

/// Decides which level readings are worth an event: changes, and every so often one that says "still so".
struct LevelReports: Hashable, Sendable {
    /// At least every so many polls one is reported.
    static let pollsLimit = 10

    private enum Content: Hashable {
        case missing
        case good(Int)
        case failed(ReadingFailure)
    }

    /// The bins below the sensor.
    let bins: [BinID]
    private var last = Content.missing
    private var pollsSinceReport = 0

    init(bins: [BinID]) {
        self.bins = bins
    }

    mutating func take(_ level: Measured<Int>) -> [StationEvent] {
        let content: Content =
            switch level {
            case .missing: .missing
            case .good(let value, at: _): .good(value)
            case .failed(let failure, at: _): .failed(failure)
            }
        pollsSinceReport += 1
        guard content != last || pollsSinceReport >= Self.pollsLimit else { return [] }
        last = content
        pollsSinceReport = 0
        return bins.map { .binLevelRead($0, level) }
    }
}
