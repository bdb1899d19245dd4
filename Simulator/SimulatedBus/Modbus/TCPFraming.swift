/// Cuts a connection's bytes into requests (Modbus messaging on TCP/IP V1.0b, 3.1.3).
struct TCPFraming: Hashable, Sendable {
    struct Request: Hashable, Sendable {
        let transaction: [UInt8]
        let unit: UInt8
        let pdu: [UInt8]

        func frame(_ answer: [UInt8]) -> [UInt8] { frame(OutgoingAnswer(unit: unit, pdu: answer)) }

        func frame(_ answer: OutgoingAnswer) -> [UInt8] {
            let number = (UInt16(transaction[0]) << 8 | UInt16(transaction[1])) &+ answer.transactionOffset
            let length = UInt16(answer.pdu.count + 1)
            return [
                UInt8(number >> 8), UInt8(number & 0xFF), 0, 0, UInt8(length >> 8), UInt8(length & 0xFF), answer.unit,
            ] + answer.pdu
        }
    }

    private var buffer: [UInt8] = []
    /// The bytes are no Modbus; the connection is to be closed.
    private(set) var isBroken = false

    /// Protocol data unit and unit id.
    static let lengthLimit = 254

    mutating func take(_ bytes: [UInt8]) {
        buffer += bytes
    }

    mutating func nextRequest() -> Request? {
        guard buffer.count >= 7 else { return nil }
        let length = Int(buffer[4]) << 8 | Int(buffer[5])
        guard buffer[2] == 0, buffer[3] == 0, (2...Self.lengthLimit).contains(length) else {
            isBroken = true
            return nil
        }
        guard buffer.count >= 6 + length else { return nil }
        defer { buffer.removeFirst(6 + length) }
        return Request(
            transaction: Array(buffer[0...1]), unit: buffer[6], pdu: Array(buffer[7..<6 + length]))
    }
}
