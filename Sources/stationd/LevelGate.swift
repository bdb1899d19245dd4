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
        GatedHandler(gate: self, inner: StreamLogHandler.standardError(label: "stationd"))
    }

    private struct GatedHandler: LogHandler {
        let gate: LevelGate
        var inner: StreamLogHandler

        var logLevel: Logger.Level {
            get { gate.level }
            set { gate.level = newValue }
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
