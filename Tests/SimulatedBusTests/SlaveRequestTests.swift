import Testing

@testable import SimulatedBus

struct SlaveRequestTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var request: [UInt8]
        var answer: [UInt8]
    }

    static func many(_ code: UInt8, count: UInt16, bytes: Int) -> [UInt8] {
        [code, 0, 0, UInt8(count >> 8), UInt8(count & 0xFF), UInt8(bytes)] + [UInt8](repeating: 0, count: bytes)
    }

    static let rows = [
        Row(testDescription: "coils", request: [1, 0, 0, 0, 10], answer: [1, 2, 0b0100_1001, 0b10]),
        Row(testDescription: "discrete inputs", request: [2, 0, 1, 0, 3], answer: [2, 1, 0b101]),
        Row(testDescription: "holding registers", request: [3, 0, 8, 0, 2], answer: [3, 4, 0x10, 8, 0x10, 9]),
        Row(testDescription: "input registers", request: [4, 0, 0, 0, 1], answer: [4, 2, 0x20, 0]),
        Row(testDescription: "a coil is set", request: [5, 0, 1, 0xFF, 0], answer: [5, 0, 1, 0xFF, 0]),
        Row(testDescription: "a coil is cleared", request: [5, 0, 0, 0, 0], answer: [5, 0, 0, 0, 0]),
        Row(testDescription: "a coil takes no other value", request: [5, 0, 0, 0, 1], answer: [0x85, 3]),
        Row(testDescription: "a register is written", request: [6, 0, 9, 0xAB, 0xCD], answer: [6, 0, 9, 0xAB, 0xCD]),
        Row(testDescription: "coils are written", request: [15, 0, 0, 0, 3, 1, 5], answer: [15, 0, 0, 0, 3]),
        Row(
            testDescription: "registers are written", request: [16, 0, 0, 0, 2, 4, 1, 2, 3, 4],
            answer: [16, 0, 0, 0, 2]),
        Row(testDescription: "a server id that the unit has not", request: [17], answer: [0x91, 1]),
        Row(testDescription: "a server id with data", request: [17, 0, 0, 0, 0], answer: [0x91, 3]),
        Row(testDescription: "no coils", request: [1, 0, 0, 0, 0], answer: [0x81, 3]),
        Row(testDescription: "2001 coils", request: [1, 0, 0, 0x07, 0xD1], answer: [0x81, 3]),
        Row(testDescription: "2000 coils, which are not there", request: [1, 0, 0, 0x07, 0xD0], answer: [0x81, 2]),
        Row(testDescription: "126 registers", request: [3, 0, 0, 0, 126], answer: [0x83, 3]),
        Row(testDescription: "125 registers, which are not there", request: [4, 0, 0, 0, 125], answer: [0x84, 2]),
        Row(testDescription: "1969 coils written", request: many(15, count: 1969, bytes: 247), answer: [0x8F, 3]),
        Row(testDescription: "124 registers written", request: many(16, count: 124, bytes: 248), answer: [0x90, 3]),
        Row(testDescription: "fewer bytes than registers", request: [16, 0, 0, 0, 2, 2, 1, 2], answer: [0x90, 3]),
        Row(testDescription: "past the last address", request: [3, 0xFF, 0xFF, 0, 2], answer: [0x83, 2]),
        Row(
            testDescription: "written past the last address", request: [16, 0xFF, 0xFF, 0, 2, 4, 0, 0, 0, 0],
            answer: [0x90, 2]),
        Row(testDescription: "a request that is too long", request: [3, 0, 0, 0, 1, 0], answer: [0x83, 3]),
        Row(testDescription: "an unknown function", request: [43, 14, 1, 0], answer: [0xAB, 1]),
    ]

    @Test(arguments: rows)
    func `a request is answered as the protocol says`(row: Row) {
        #expect(SlaveRequest(row.request).reply(of: RegisterBank.small()) == .pdu(row.answer))
    }

    @Test func `what is written can be read`() {
        let bank = RegisterBank.small()
        _ = SlaveRequest([16, 0, 0, 0, 2, 4, 1, 2, 3, 4]).reply(of: bank)
        _ = SlaveRequest([15, 0, 1, 0, 2, 1, 0b11]).reply(of: bank)
        _ = SlaveRequest([5, 0, 0, 0, 0]).reply(of: bank)
        #expect(bank.read(.holdingRegisters, address: 0, count: 3) == .values([0x0102, 0x0304, 0x1002]))
        #expect(bank.read(.coils, address: 0, count: 4) == .values([0, 1, 1, 1]))
    }

    @Test func `a table that a unit has not is an illegal function`() {
        let bank = RegisterBank([.holdingRegisters: .init([1])])
        #expect(SlaveRequest([4, 0, 0, 0, 1]).reply(of: bank) == .pdu([0x84, 1]))
        #expect(SlaveRequest([5, 0, 0, 0, 0]).reply(of: bank) == .pdu([0x85, 1]))
    }

    @Test func `a broadcast is carried out by every unit, and only if it writes`() {
        let banks = [RegisterBank.small(), RegisterBank.small()]
        SlaveRequest([6, 0, 1, 0, 7]).broadcast(to: banks)
        SlaveRequest([3, 0, 1, 0, 1]).broadcast(to: banks)
        for bank in banks { #expect(bank[.holdingRegisters, 1] == 7) }
    }
}
