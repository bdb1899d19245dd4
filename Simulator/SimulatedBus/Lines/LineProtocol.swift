/// The digital lines on a Unix stream socket, version 1. Lines of ASCII, each ended by a line feed and at most 64 bytes
/// long; levels are the wire's (0 or 1), polarity is the client's business; times are nanoseconds of CLOCK_MONOTONIC.
///
///     server  lines 1 32             hello: version, number of lines (offsets 0 to 31)
///     server  in 4 1 81234567890     the level of one line and when it came; at first every line once
///     server  ready                  the whole state has been told; from now on only changes
///     client  out 17 1               drive a line; it falls back to 0 when the client is gone
///     server  busy                   another client has the lines; the connection ends
enum LineProtocol {
    static let version = 1
    static let lineLengthLimit = 64
    static let busy = "busy\n"
    static let ready = "ready\n"

    static func hello(lineCount: Int) -> String { "lines \(version) \(lineCount)\n" }

    static func input(_ offset: Int, _ level: Bool, at nanoseconds: Int64) -> String {
        "in \(offset) \(level ? 1 : 0) \(nanoseconds)\n"
    }

    static func output(_ offset: UInt32, _ level: Bool) -> String { "out \(offset) \(level ? 1 : 0)\n" }

    /// What the server told, without the times: they are its own machine's.
    enum Told: Hashable, Sendable {
        case hello(_ version: Int, lineCount: UInt32)
        case input(offset: UInt32, level: Bool)
        case ready, busy

        /// Nil if the line is none of the server's.
        init?(_ line: some StringProtocol) {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            switch (words.first, words.count) {
            case ("ready", 1): self = .ready
            case ("busy", 1): self = .busy
            case ("lines", 3):
                guard let version = Int(words[1]), let count = UInt32(words[2]) else { return nil }
                self = .hello(version, lineCount: count)
            case ("in", 4):
                guard let offset = UInt32(words[1]), words[2] == "0" || words[2] == "1", Int64(words[3]) != nil
                else { return nil }
                self = .input(offset: offset, level: words[2] == "1")
            // Any other word is not of this version.
            default: return nil
            }
        }
    }

    struct Output: Hashable, Sendable {
        var offset: UInt32
        var level: Bool

        /// Nil if the line is no `out` line.
        init?(_ line: some StringProtocol) {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 3, words[0] == "out", let offset = UInt32(words[1]),
                words[2] == "0" || words[2] == "1"
            else { return nil }
            self.offset = offset
            level = words[2] == "1"
        }
    }
}

/// Cuts a stream into lines.
struct LineBuffer: Hashable, Sendable {
    private var bytes: [UInt8] = []

    /// - Returns: nil if a line is longer than the protocol allows.
    mutating func take(_ fresh: [UInt8]) -> [String]? {
        bytes += fresh
        var lines: [String] = []
        while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
            guard end < LineProtocol.lineLengthLimit else { return nil }
            lines.append(String(decoding: bytes[..<end], as: UTF8.self))
            bytes.removeFirst(end + 1)
        }
        return bytes.count < LineProtocol.lineLengthLimit ? lines : nil
    }
}
