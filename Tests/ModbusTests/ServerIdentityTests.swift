import Modbus
import Testing

struct ServerIdentityTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var answer: [UInt8]
        var text: String
        var testDescription: String { text }
    }

    @Test(arguments: [
        Row(answer: [17, 2, 0x0A, 0xFF], text: "0A FF"),
        Row(answer: [17, 8, 0x01, 0xFF] + Array("ACME-7".utf8), text: "ACME-7"),
        Row(answer: [17, 9] + Array("TLB".utf8) + [0xFF, 0x00] + Array("V1.2".utf8), text: "TLB V1.2"),
        Row(answer: [17, 3, 0x41, 0x42, 0xFF], text: "41 42 FF"),
    ])
    func `what can be read of an identity is shown, and else its bytes`(row: Row) throws {
        #expect(try ServerIdentity(answer: row.answer).text == row.text)
    }

    @Test func `a unit that does not tell is no identity`() {
        #expect(throws: AnswerFault.exception(1)) { try ServerIdentity(answer: [0x91, 1]) }
        for broken: [UInt8] in [[], [17], [17, 0], [17, 3, 1, 2], [16, 1, 2]] {
            #expect(throws: AnswerFault.malformed) { try ServerIdentity(answer: broken) }
        }
    }

    @Test func `the request on TCP is its function code behind the header`() {
        #expect(
            TCPFrame.encode(functionCode: 17, transaction: 0x1234, unit: 5) == [0x12, 0x34, 0, 0, 0, 2, 5, 17])
    }
}
