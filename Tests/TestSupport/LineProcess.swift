import Glibc

/// A program of others, spoken to by lines; killed with the last reference if it still runs then. Its output and its
/// complaints are one stream.
public final class LineProcess {
    private let process: SpawnedProcess
    private var input: Int32
    private let output: Int32
    private var unread: [UInt8] = []

    /// - Parameter executable: a path, or a name to be looked for on the PATH.
    public init(_ executable: String, _ arguments: [String]) throws {
        let (theirInput, ourInput) = try connectedSockets()
        let (ourOutput, theirOutput) = try connectedSockets()
        defer {
            close(theirInput)
            close(theirOutput)
        }
        do {
            process = try SpawnedProcess(
                executable, arguments, input: theirInput, output: theirOutput, complaints: theirOutput)
        } catch {
            close(ourInput)
            close(ourOutput)
            throw error
        }
        input = ourInput
        output = ourOutput
    }

    deinit {
        if input >= 0 { close(input) }
        close(output)
        process.clearAway()
    }

    /// The next line that it writes; waits for it.
    public func line() throws -> String {
        while true {
            if let newline = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread.removeFirst(newline + 1) }
                return String(decoding: unread[..<newline], as: UTF8.self)
            }
            guard readMore() else { throw Ended(rest: String(decoding: unread, as: UTF8.self)) }
        }
    }

    /// The next line that contains `text`.
    @discardableResult
    public func line(with text: String) throws -> String {
        var passedOver: [String] = []
        while true {
            do {
                let line = try line()
                if line.contains(text) { return line }
                passedOver.append(line)
            } catch let ended as Ended {
                throw Ended(rest: (passedOver + [ended.rest]).joined(separator: "\n"))
            }
        }
    }

    public func write(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = Glibc.write(input, bytes, bytes.count)
    }

    /// Ends its input and waits for its end.
    /// - Returns: its exit code, or less than 0 after a signal, and what it wrote that was not read.
    public func finish() -> (code: Int32, rest: String) {
        close(input)
        input = -1
        while readMore() {}
        let end = process.waitForEnd()
        return (end.wasKilled ? -end.status : end.status, String(decoding: unread, as: UTF8.self))
    }

    /// As if it had crashed.
    public func kill() { process.clearAway() }

    /// - Returns: false at the end of its output.
    private func readMore() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(output, &bytes, bytes.count)
        unread += bytes.prefix(max(0, count))
        return count > 0
    }

    public struct Ended: Error {
        public var rest: String
    }
}
