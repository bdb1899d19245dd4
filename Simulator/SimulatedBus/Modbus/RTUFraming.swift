/// Cuts a serial line's bytes into requests, and wraps answers (Modbus over serial line V1.02).
struct RTUFraming: Hashable, Sendable {
    private var buffer: [UInt8] = []

    /// A request that has not become complete by then was cut off, or its function is unknown; what follows is a new
    /// one.
    static let silenceMilliseconds: Int32 = 20
    /// Unit, function code and check sum.
    private static let shortestFrame = 4

    var isWaiting: Bool { !buffer.isEmpty }

    mutating func take(_ bytes: [UInt8]) {
        buffer += bytes
    }

    /// The line fell silent in the middle of a request.
    mutating func silenceSeen() {
        buffer = []
    }

    /// The line fell silent: what there is is a whole request if its check sum says so, of a function whose length is
    /// unknown.
    mutating func requestAtSilence() -> (unit: UInt8, pdu: [UInt8])? {
        defer { buffer = [] }
        guard buffer.count >= Self.shortestFrame, Self.isChecksumRight(buffer[...]) else { return nil }
        return (buffer[0], Array(buffer[1..<buffer.count - 2]))
    }

    /// The next whole request. A wrong check sum means that frames can no longer be told apart: all is dropped.
    mutating func nextRequest() -> (unit: UInt8, pdu: [UInt8])? {
        guard let length = SlaveRequest.length(buffer.dropFirst()), buffer.count >= length + 3 else { return nil }
        let frame = buffer[0..<length + 3]
        guard Self.isChecksumRight(frame) else {
            buffer = []
            return nil
        }
        buffer.removeFirst(length + 3)
        return (frame[0], Array(frame[1...length]))
    }

    private static func isChecksumRight(_ frame: ArraySlice<UInt8>) -> Bool {
        checksum(frame.dropLast(2)) == Array(frame.suffix(2))
    }

    static func frame(unit: UInt8, pdu: [UInt8], isChecksumRight: Bool = true) -> [UInt8] {
        let body = [unit] + pdu
        let checksum = checksum(body[...])
        return body + (isChecksumRight ? checksum : checksum.map { ~$0 })
    }

    /// CRC-16 with the polynomial 0xA001, low byte first (Modbus over serial line V1.02, 6.2.2).
    static func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var crc: UInt16 = 0xFFFF
        for byte in bytes {
            crc ^= UInt16(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xA001 : crc >> 1 }
        }
        return [UInt8(crc & 0xFF), UInt8(crc >> 8)]
    }
}
