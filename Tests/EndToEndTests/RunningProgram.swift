import Foundation
import Synchronization

/// A program under test: its lines as it writes them, and its end. Standard output and error are one stream.
final class RunningProgram: Sendable {
    struct End: Hashable, Sendable {
        /// The exit code, or the signal's number.
        var status: Int32
        var wasKilled: Bool

        static func exited(_ code: Int32) -> End { End(status: code, wasKilled: false) }
    }

    private struct Written {
        var lines: [String] = []
        var unfinished: [UInt8] = []
        /// Lines before this one have been awaited.
        var cursor = 0
        var isOver = false
        var watcher: AsyncStream<String>.Continuation?
    }

    let name: String
    let processID: Int32
    private let process: Process
    private let written = Mutex(Written())
    /// The one end.
    private let ends: AsyncStream<End>

    init(_ name: String, _ arguments: [String], in folder: String, environment: [String: String] = [:]) throws {
        self.name = name
        process = Process()
        process.executableURL = try Executables.url(of: name)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        let (ends, ending) = AsyncStream<End>.makeStream()
        self.ends = ends
        process.terminationHandler = { process in
            ending.yield(
                End(status: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal))
            ending.finish()
        }
        try process.run()
        processID = process.processIdentifier
        // A thread that blocks in `read`, because a busy machine lets FileHandle's readability handler fall silent with
        // bytes unread. It ends with the last writer's end of the pipe.
        Thread.detachNewThread { [self] in
            let descriptor = pipe.fileHandleForReading.fileDescriptor
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                take(Data(buffer.prefix(max(0, count))))
                if count <= 0 { return }
            }
        }
    }

    private func take(_ bytes: Data) {
        written.withLock { written in
            written.unfinished += bytes
            while let newline = written.unfinished.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: written.unfinished[..<newline], as: UTF8.self)
                written.unfinished.removeFirst(newline + 1)
                written.lines.append(line)
                written.watcher?.yield(line)
            }
            guard bytes.isEmpty else { return }
            written.isOver = true
            written.watcher?.finish()
        }
    }

    /// Everything written so far.
    var lines: [String] { written.withLock { $0.lines } }

    /// The next line with `text` in it, after the one that was awaited last.
    @discardableResult
    func line(with text: String) async throws -> String {
        defer { written.withLock { $0.watcher = nil } }
        for await line in linesFromCursor() {
            written.withLock { $0.cursor += 1 }
            if line.contains(text) { return line }
        }
        throw Missing("\(name) never wrote \"\(text)\"; its last lines:\n\(lines.suffix(40).joined(separator: "\n"))")
    }

    /// Waits for a line with `text` in it and counts nothing as awaited: what is written at a start comes in no fixed
    /// order.
    func wrote(_ text: String) async throws {
        let before = written.withLock { $0.cursor }
        try await line(with: text)
        written.withLock { $0.cursor = before }
    }

    private func linesFromCursor() -> AsyncStream<String> {
        let (stream, watcher) = AsyncStream<String>.makeStream()
        written.withLock { written in
            for line in written.lines[written.cursor...] { watcher.yield(line) }
            if written.isOver { watcher.finish() } else { written.watcher = watcher }
        }
        return stream
    }

    func send(_ signal: Int32) {
        kill(processID, signal)
    }

    /// Waits for the end; `lines` are complete then.
    @discardableResult
    func ended() async throws -> End {
        for await end in ends {
            for await _ in linesFromCursor() {}
            return end
        }
        throw Missing("\(name) did not end; its last lines:\n\(lines.suffix(40).joined(separator: "\n"))")
    }

    /// Ends the program if it still runs, whatever the test came to.
    func clearAway() {
        guard process.isRunning else { return }
        kill(processID, SIGKILL)
        process.waitUntilExit()
    }
}

/// What a test waited for did not come.
struct Missing: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
