import Logging
import Vocabulary

/// A logger for what may go on for ever: a bus that comes and goes, a device that flaps, a disk that is full. Each
/// subject gets at most `RepeatLimit.linesLimit` lines in `RepeatLimit.window`; the last of them says that there is
/// silence now, and after the window one line says how many were left out and which was the last.
public struct SparingLogger: Sendable {
    private let logger: Logger
    private var limit = RepeatLimit()

    public init(_ logger: Logger) {
        self.logger = logger
    }

    /// - Parameters:
    ///   - subject: what the line is about, such as `device scale`; lines that take turns share one.
    ///   - file: of the caller, whose module the line names as its source.
    public mutating func log(
        _ level: Logger.Level, about subject: String, _ message: String, metadata: Logger.Metadata? = nil,
        at now: Instant, file: String = #fileID
    ) {
        // What is not written anyway must not use up the lines of what is.
        guard logger.logLevel <= level else { return }
        tellLeftOut(at: now, file: file)
        switch limit.rule(message, about: subject, at: now) {
        case .write:
            logger.log(level: level, "\(message)", metadata: metadata, file: file)
        case .writeLast:
            let minutes = RepeatLimit.window.components.seconds / 60
            logger.log(
                level: level, "\(message) (Further lines about \(subject) are left out for up to \(minutes) min.)",
                metadata: metadata, file: file)
        case .leaveOut:
            break
        }
    }

    /// Says what was left out in windows that are over. Cheap; call it in every turn of the loop that logs.
    public mutating func tellLeftOut(at now: Instant, file: String = #fileID) {
        for leftOut in limit.takeEnded(at: now) {
            logger.warning(
                "\(leftOut.count) lines about \(leftOut.subject) were left out. The last was: \(leftOut.last)",
                file: file)
        }
    }
}
