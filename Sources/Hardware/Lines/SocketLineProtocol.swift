/// The client's side of the simulator's line protocol, version 1. Lines of ASCII, each ended by a line feed and at most
/// 64 bytes long; levels are the wire's (0 or 1); times are nanoseconds of CLOCK_MONOTONIC.
///
///     server  lines 1 32             hello: version, number of lines (offsets 0 to 31)
///     server  in 4 1 81234567890     the level of one line and when it came; at first every line once
///     server  ready                  the whole state has been told; from now on only changes
///     client  out 17 1               drive a line; it falls back to 0 when the client is gone
///     server  busy                   another client has the lines; the connection ends
enum SocketLineProtocol {
    static let version = 1
    static let lineLengthLimit = 64

    enum Message: Hashable, Sendable {
        case hello(version: Int, lineCount: UInt32)
        case input(offset: UInt32, level: Bool, nanoseconds: Int64)
        case ready
        case busy

        /// Nil if the line belongs to no message.
        init?(_ line: some StringProtocol) {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            switch (words.first, words.count) {
            case ("ready", 1): self = .ready
            case ("busy", 1): self = .busy
            case ("lines", 3):
                guard let version = Int(words[1]), let count = UInt32(words[2]) else { return nil }
                self = .hello(version: version, lineCount: count)
            case ("in", 4):
                guard let offset = UInt32(words[1]), words[2] == "0" || words[2] == "1", let time = Int64(words[3])
                else { return nil }
                self = .input(offset: offset, level: words[2] == "1", nanoseconds: time)
            // Any other word is not of this version.
            default: return nil
            }
        }
    }

    static func output(_ offset: UInt32, _ level: Bool) -> String { "out \(offset) \(level ? 1 : 0)\n" }

    /// Cuts the stream into messages.
    struct Reader: Hashable, Sendable {
        private var bytes: [UInt8] = []

        /// - Returns: nil if the stream does not keep to the protocol.
        mutating func take(_ fresh: some Sequence<UInt8>) -> [Message]? {
            bytes += fresh
            var messages: [Message] = []
            while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                guard end < lineLengthLimit, let message = Message(String(decoding: bytes[..<end], as: UTF8.self))
                else { return nil }
                messages.append(message)
                bytes.removeFirst(end + 1)
            }
            return bytes.count < lineLengthLimit ? messages : nil
        }
    }
}
