import Logging
import Synchronization
import Vocabulary

/// A `SparingLogger` for servers, whose requests come on threads of the framework's and have no time of their own.
public final class SharedSparingLogger: Sendable {
    private let logger: Mutex<SparingLogger>
    private let now: @Sendable () -> Instant

    /// - Parameter now: monotonic.
    public init(_ logger: Logger, now: @escaping @Sendable () -> Instant) {
        self.logger = Mutex(SparingLogger(logger))
        self.now = now
    }

    /// See `SparingLogger.log`.
    public func log(_ level: Logger.Level, about subject: String, _ message: String, file: String = #fileID) {
        logger.withLock { $0.log(level, about: subject, message, at: now(), file: file) }
    }

    /// See `SparingLogger.tellLeftOut`; call it with every request.
    public func tellLeftOut(file: String = #fileID) {
        logger.withLock { $0.tellLeftOut(at: now(), file: file) }
    }
}
