import Logging
import Synchronization

/// One log level for all loggers of the process, which SIGHUP may change.
final class LevelGate: Sendable {
    private let current = Mutex(Logger.Level.info)

    var level: Logger.Level {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }

    func handler() -> any LogHandler {
        GatedHandler(gate: self, floor: .trace, inner: StreamLogHandler.standardError(label: "stationd"))
    }

    private struct GatedHandler: LogHandler {
        let gate: LevelGate
        /// Of this logger alone: what is below is not written, whatever the gate lets through.
        var floor: Logger.Level
        var inner: StreamLogHandler

        var logLevel: Logger.Level {
            get { max(gate.level, floor) }
            set { floor = newValue }
        }

        var metadata: Logger.Metadata {
            get { inner.metadata }
            set { inner.metadata = newValue }
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { inner[metadataKey: key] }
            set { inner[metadataKey: key] = newValue }
        }

        func log(event: LogEvent) {
            inner.log(event: event)
        }
    }
}
