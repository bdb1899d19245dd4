import Logging

/// For what logs in passing; what a test says about log lines it takes from a handler of its own.
public let silentLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
