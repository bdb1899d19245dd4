/// What a unit says of itself (report server ID, V1.1b3, section 6.13). The bytes are the maker's to define: what can
/// be read of them is shown, and else they are.
public struct ServerIdentity: Hashable, Sendable {
    public static let functionCode: UInt8 = 17
    /// Shorter runs of printable characters are numbers that happen to be letters.
    static let textLengthAtLeast = 3

    /// Behind the byte count.
    public let bytes: [UInt8]

    /// - Parameter answer: function code and data.
    /// - Throws: `exception` if the unit does not tell, which most do not.
    public init(answer: [UInt8]) throws(AnswerFault) {
        if answer.count == 2, answer[0] == Self.functionCode | 0x80 { throw .exception(answer[1]) }
        guard answer.count > 2, answer[0] == Self.functionCode, Int(answer[1]) == answer.count - 2 else {
            throw .malformed
        }
        bytes = Array(answer[2...])
    }

    /// For a person: the printable parts, or the bytes in hexadecimal if there are none.
    public var text: String {
        let runs = bytes.split(whereSeparator: { !(0x20...0x7E).contains($0) })
            .filter { $0.count >= Self.textLengthAtLeast }
            .map { String(decoding: $0, as: Unicode.ASCII.self) }
        guard runs.isEmpty else { return runs.joined(separator: " ") }
        return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined(separator: " ")
    }
}
