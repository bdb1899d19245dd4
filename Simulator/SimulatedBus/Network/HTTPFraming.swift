/// Cuts the bytes of one direction of an HTTP/1.1 connection into whole messages (RFC 9112, section 6). It knows bodies
/// with a `content-length` and messages without a body, which is all that station and cluster say to each other.
struct HTTPFraming: Hashable, Sendable {
    /// More than any report or answer has.
    static let messageBytesLimit = 16 * 1024 * 1024

    private var buffer: [UInt8] = []
    /// What came is no such message, or too long; the connection is to be closed.
    private(set) var isBroken = false

    mutating func take(_ bytes: [UInt8]) {
        buffer += bytes
        if buffer.count > Self.messageBytesLimit { isBroken = true }
    }

    /// The next message, head and body as they came; nil until it is whole.
    mutating func nextMessage() -> [UInt8]? {
        guard !isBroken, let headCount = Self.headCount(of: buffer) else { return nil }
        guard let bodyCount = Self.bodyCount(of: buffer[..<headCount]) else {
            isBroken = true
            return nil
        }
        guard buffer.count >= headCount + bodyCount else { return nil }
        defer { buffer.removeFirst(headCount + bodyCount) }
        return Array(buffer[..<(headCount + bodyCount)])
    }

    /// Bytes up to the empty line after the fields, that line included.
    private static func headCount(of bytes: [UInt8]) -> Int? {
        let end = Array("\r\n\r\n".utf8)
        guard bytes.count >= end.count else { return nil }
        for start in 0...(bytes.count - end.count) where bytes[start] == end[0] {
            if bytes[start..<(start + end.count)].elementsEqual(end) { return start + end.count }
        }
        return nil
    }

    private static func bodyCount(of head: ArraySlice<UInt8>) -> Int? {
        var count = 0
        for line in String(decoding: head, as: UTF8.self).split(separator: "\r\n").dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            let value = parts[1].drop { $0 == " " }
            switch parts[0].lowercased() {
            case "content-length":
                guard let length = Int(value), (0...messageBytesLimit).contains(length) else { return nil }
                count = length
            case "transfer-encoding": return nil
            default: break
            }
        }
        return count
    }
}
