import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// A program under test: its lines as it writes them, and its end. Standard output and error are one stream.
final class RunningProgram: Sendable {
    typealias End = SpawnedProcess.End

    private struct Written {
        var lines: [String] = []
        var unfinished: [UInt8] = []
        /// Lines before this one have been awaited.
        var cursor = 0
        var isOver = false
        var watcher: AsyncStream<String>.Continuation?
    }

    let name: String
    private let process: SpawnedProcess
    private let written = Mutex(Written())

    var processID: Int32 { process.processID }

    init(_ name: String, _ arguments: [String], in folder: String, environment: [String: String] = [:]) throws {
        self.name = name
        let (ours, theirs) = try connectedSockets()
        defer { close(theirs) }
        process = try SpawnedProcess(
            try Executables.url(of: name).path, arguments, in: folder, environment: environment, output: theirs,
            complaints: theirs)
        // A thread that blocks in `read`, because a busy machine lets FileHandle's readability handler fall silent with
        // bytes unread. It ends with the program's end of the pair.
        Thread.detachNewThread { [self, descriptor = ours] in
            defer { close(descriptor) }
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

    /// Waits for the end of a passage, which has to be that its item is in its bin.
    func commitsItem() async throws {
        let line = try await line(with: "passage ended")
        #expect(
            line.contains("outcome=committed"), "\(name) wrote at last:\n\(lines.suffix(40).joined(separator: "\n"))")
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
        for await end in process.ends {
            for await _ in linesFromCursor() {}
            return end
        }
        throw Missing("\(name) did not end; its last lines:\n\(lines.suffix(40).joined(separator: "\n"))")
    }

    /// Ends the program if it still runs, whatever the test came to.
    func clearAway() {
        process.clearAway()
    }
}

extension SpawnedProcess.End {
    static func exited(_ code: Int32) -> SpawnedProcess.End { .init(status: code, wasKilled: false) }
}

/// What a test waited for did not come.
struct Missing: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
