import Testing

@testable import Modbus

/// Literal bytes: the examples of the Modbus application protocol V1.1b3, section 6, and answers that break it.
struct PDUTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var request: ModbusRequest
        var pdu: [UInt8]
        var answer: [UInt8]
        var decoded: ModbusAnswer
    }

    static let rows: [Row] = [
        Row(
            testDescription: "read coils 20 to 38", request: .readCoils(BitRange(0x13, count: 19)),
            pdu: [0x01, 0x00, 0x13, 0x00, 0x13], answer: [0x01, 0x03, 0xCD, 0x6B, 0x05],
            decoded: .bits([
                true, false, true, true, false, false, true, true, true, true, false, true, false, true, true, false,
                true, false, true,
            ])),
        Row(
            testDescription: "read discrete inputs", request: .readDiscreteInputs(BitRange(0xC4, count: 3)),
            pdu: [0x02, 0x00, 0xC4, 0x00, 0x03], answer: [0x02, 0x01, 0x06], decoded: .bits([false, true, true])),
        Row(
            testDescription: "read holding registers 108 to 110", request: .readHolding(RegisterRange(0x6B, count: 3)),
            pdu: [0x03, 0x00, 0x6B, 0x00, 0x03], answer: [0x03, 0x06, 0x02, 0x2B, 0x00, 0x00, 0x00, 0x64],
            decoded: .registers([0x022B, 0, 0x64])),
        Row(
            testDescription: "read input register 9", request: .readInput(RegisterRange(8, count: 1)),
            pdu: [0x04, 0x00, 0x08, 0x00, 0x01], answer: [0x04, 0x02, 0x00, 0x0A], decoded: .registers([0x0A])),
        Row(
            testDescription: "write coil 173 on", request: .writeCoil(address: 0xAC, isOn: true),
            pdu: [0x05, 0x00, 0xAC, 0xFF, 0x00], answer: [0x05, 0x00, 0xAC, 0xFF, 0x00], decoded: .written),
        Row(
            testDescription: "write coil 173 off", request: .writeCoil(address: 0xAC, isOn: false),
            pdu: [0x05, 0x00, 0xAC, 0x00, 0x00], answer: [0x05, 0x00, 0xAC, 0x00, 0x00], decoded: .written),
        Row(
            testDescription: "write register 2", request: .writeHolding(address: 1, value: 3),
            pdu: [0x06, 0x00, 0x01, 0x00, 0x03], answer: [0x06, 0x00, 0x01, 0x00, 0x03], decoded: .written),
        Row(
            testDescription: "write ten coils from 20",
            request: .writeCoils(
                CoilValues(0x13, [true, false, true, true, false, false, true, true, true, false])!),
            pdu: [0x0F, 0x00, 0x13, 0x00, 0x0A, 0x02, 0xCD, 0x01], answer: [0x0F, 0x00, 0x13, 0x00, 0x0A],
            decoded: .written),
        Row(
            testDescription: "write two registers from 2", request: .writeHoldings(RegisterValues(1, [0x0A, 0x0102])!),
            pdu: [0x10, 0x00, 0x01, 0x00, 0x02, 0x04, 0x00, 0x0A, 0x01, 0x02], answer: [0x10, 0x00, 0x01, 0x00, 0x02],
            decoded: .written),
    ]

    @Test(arguments: rows)
    func `a request and its answer are exactly these bytes`(_ row: Row) throws {
        #expect(row.request.pdu == row.pdu)
        #expect(row.request.pduByteCount == row.pdu.count)
        #expect(row.request.answerByteCount == row.answer.count)
        #expect(try row.request.decode(row.answer[...]) == row.decoded)
    }

    @Test(arguments: rows)
    func `an exception is the unit's no`(_ row: Row) {
        for code: UInt8 in [1, 2, 3, 4, 5, 6, 10, 11, 0x55] {
            #expect(throws: AnswerFault.exception(code)) {
                try row.request.decode([row.request.functionCode | 0x80, code][...])
            }
        }
    }

    @Test(arguments: rows)
    func `no other bytes are taken for the answer`(_ row: Row) {
        var wrong = [Array(row.answer.dropLast()), row.answer + [0], [], [row.answer[0]], [row.answer[0] | 0x80]]
        // Another function, and another count of bytes or another echo.
        for index in 0..<min(row.answer.count, row.request.isWrite ? 5 : 2) {
            var changed = row.answer
            changed[index] ^= 0x40
            wrong.append(changed)
        }
        // An exception to another function.
        wrong.append([(row.request.functionCode ^ 0x04) | 0x80, 2])
        for bytes in wrong {
            #expect(throws: AnswerFault.malformed, "\(bytes)") { try row.request.decode(bytes[...]) }
        }
    }

    @Test func `a request that could not be valid cannot be built`() {
        #expect(RegisterRange(checking: 0, count: 0) == nil)
        #expect(RegisterRange(checking: 0, count: 126) == nil)
        #expect(RegisterRange(checking: 65_535, count: 2) == nil)
        #expect(RegisterRange(checking: 65_536, count: 1) == nil)
        #expect(RegisterRange(checking: 65_411, count: 125)?.end == 65_536)
        #expect(BitRange(checking: 0, count: 2001) == nil)
        #expect(BitRange(checking: 63_536, count: 2000) != nil)
        #expect(RegisterValues(0, []) == nil)
        #expect(RegisterValues(0, Array(repeating: 0, count: 124)) == nil)
        #expect(CoilValues(0, Array(repeating: true, count: 1969)) == nil)
        #expect(CoilValues(65_535, [true]) != nil)
    }

    @Test func `the longest request fits a frame`() throws {
        let coils = try #require(CoilValues(0, Array(repeating: true, count: CoilValues.countLimit)))
        let registers = try #require(RegisterValues(0, Array(repeating: 1, count: RegisterValues.countLimit)))
        #expect(ModbusRequest.writeCoils(coils).pdu.count == 252)
        #expect(ModbusRequest.writeHoldings(registers).pdu.count == 252)
        #expect(ModbusRequest.readHolding(RegisterRange(0, count: 125)).answerByteCount == 252)
        #expect(ModbusRequest.readCoils(BitRange(0, count: 2000)).answerByteCount == 252)
    }
}

struct TCPFrameTests {
    static let answer: [UInt8] = [0x12, 0x34, 0, 0, 0, 5, 7, 3, 2, 0xAB, 0xCD]

    @Test func `a request has transaction, protocol, count and unit before it`() {
        #expect(
            TCPFrame.encode(.readHolding(RegisterRange(2, count: 1)), transaction: 0x1234, unit: 7)
                == [0x12, 0x34, 0, 0, 0, 6, 7, 3, 0, 2, 0, 1])
    }

    @Test func `an answer is known by its transaction`() {
        #expect(TCPFrame.match(Self.answer, transaction: 0x1234, unit: 7) == .answer([3, 2, 0xAB, 0xCD]))
        #expect(TCPFrame.match(Self.answer, transaction: 0x1235, unit: 7) == .stale)
        #expect(TCPFrame.match(Self.answer, transaction: 0x0034, unit: 7) == .stale)
    }

    @Test func `another protocol, count or unit is no answer`() {
        for (index, value) in [(2, 1), (3, 1), (4, 1), (5, 6), (6, 8)] as [(Int, UInt8)] {
            var frame = Self.answer
            frame[index] = value
            #expect(TCPFrame.match(frame, transaction: 0x1234, unit: 7) == .broken)
        }
        #expect(TCPFrame.match([], transaction: 0, unit: 0) == .broken)
        #expect(TCPFrame.match([0, 0, 0, 0, 0, 1, 7], transaction: 0, unit: 7) == .broken)
    }
}

struct SerialFormatTests {
    @Test func `times follow from the bit rate and the character`() {
        let slow = SerialFormat(baud: 9600, hasParity: true, stopBits: 1)
        #expect(slow.characterBits == 11)
        #expect(slow.nanoseconds(characters: 8) == 9_166_666)
        #expect(slow.silenceNanoseconds == 4_010_416)
        #expect(SerialFormat(baud: 19_200, hasParity: false, stopBits: 2).silenceNanoseconds == 2_005_208)
        #expect(SerialFormat(baud: 19_201, hasParity: false, stopBits: 1).silenceNanoseconds == 1_750_000)
        #expect(SerialFormat(baud: 115_200, hasParity: false, stopBits: 1).nanoseconds(characters: 1) == 86_805)
    }
}
