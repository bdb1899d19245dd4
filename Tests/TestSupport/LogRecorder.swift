import Logging
import Synchronization

/// Keeps the lines of its loggers, each as `level: message`.
public final class LogRecorder: Sendable {
    private let kept = Mutex<[(line: String, source: String)]>([])

    public init() {}

    public var lines: [String] { kept.withLock { $0.map(\.line) } }
    /// The modules that the lines come from, in their order.
    public var sources: [String] { kept.withLock { $0.map(\.source) } }

    public var logger: Logger { Logger(label: "test") { _ in Handler(recorder: self) } }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            recorder.kept.withLock { $0.append(("\(event.level): \(event.message)", event.source)) }
        }
    }
}
