import Testing

@testable import SimulatedBus

struct QuirkTests {
    let bank = RegisterBank.small()

    @Test func `a unit that is busy answers after so many refusals`() {
        let unit = Refusing(bank, with: Refusing.busy, on: .first(2))
        let answers = (0..<3).map { _ in unit.read(.holdingRegisters, address: 0, count: 1) }
        #expect(answers == [.exception(6), .exception(6), .values([0x1000])])
    }

    @Test func `a quirk shows on every third occasion`() {
        let unit = Silent(bank, on: .every(3))
        let answers = (0..<6).map { _ in unit.read(.holdingRegisters, address: 0, count: 1) }
        #expect(answers.map { $0 == .silence } == [false, false, true, false, false, true])
    }

    @Test func `a unit reads no more registers at once than its maker allows`() {
        let unit = ReadLimited(bank, to: 4)
        #expect(unit.read(.holdingRegisters, address: 0, count: 5) == .exception(3))
        #expect(unit.read(.holdingRegisters, address: 0, count: 4) == .values([0x1000, 0x1001, 0x1002, 0x1003]))
    }

    @Test func `a unit numbers its registers from 40001`() {
        let unit = Renumbered(bank, by: 40001)
        #expect(unit.read(.holdingRegisters, address: 0, count: 1) == .exception(2))
        #expect(unit.read(.holdingRegisters, address: 40003, count: 1) == .values([0x1002]))
        #expect(unit.write(.holdingRegisters, address: 40001, values: [5]) == .values([]))
        #expect(bank[.holdingRegisters, 0] == 5)
    }

    @Test func `a unit has the words of its pairs the other way round`() {
        let unit = SwappedWords(bank, in: .holdingRegisters, at: 2..<6)
        #expect(
            unit.read(.holdingRegisters, address: 1, count: 6)
                == .values([0x1001, 0x1003, 0x1002, 0x1005, 0x1004, 0x1006]))
        #expect(unit.write(.holdingRegisters, address: 2, values: [1, 2]) == .values([]))
        #expect(bank.read(.holdingRegisters, address: 2, count: 2) == .values([2, 1]))
        #expect(unit.read(.inputRegisters, address: 2, count: 1) == .values([0x2002]))
    }

    @Test func `a latched reading stays until its flag is cleared`() {
        let unit = LatchedRead(bank, flag: 1004, guarding: 1000..<1002)
        #expect(unit.read(.holdingRegisters, address: 1000, count: 2) == .values([0, 0]))
        #expect(unit.present([7, 8]))
        #expect(!unit.present([9, 9]))
        #expect(unit.read(.coils, address: 1004, count: 1) == .values([1]))
        #expect(unit.read(.holdingRegisters, address: 1000, count: 2) == .values([7, 8]))
        _ = unit.write(.coils, address: 1004, values: [0])
        #expect(unit.present([9, 9]))
        #expect(unit.read(.holdingRegisters, address: 1001, count: 1) == .values([9]))
        #expect(unit.read(.holdingRegisters, address: 0, count: 1) == .values([0x1000]))
    }

    @Test func `quirks are put around each other`() {
        let unit = Distorting(Refusing(ReadLimited(bank, to: 4), with: 6, on: .first(1)), by: .late(.seconds(1)))
        #expect(
            unit.read(.holdingRegisters, address: 0, count: 1)
                == .distorted(.exception(6), by: .late(.seconds(1))))
        #expect(
            SlaveRequest([3, 0, 0, 0, 1]).reply(of: unit) == .answer([3, 2, 0x10, 0], faults: [.late(.seconds(1))]))
    }
}

struct WireFaultTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var faults: [WireFault]
        var serial: [UInt8]
        var network: [UInt8]
    }

    static let rows = [
        Row(
            testDescription: "no fault", faults: [], serial: [1, 0x83, 2, 0xC0, 0xF1],
            network: [0x12, 0x34, 0, 0, 0, 3, 1, 0x83, 2]),
        Row(
            testDescription: "a bad check sum", faults: [.badChecksum], serial: [1, 0x83, 2, 0x3F, 0x0E],
            network: [0x12, 0x34, 0, 0, 0, 3, 1, 0x83, 2]),
        Row(
            testDescription: "another unit", faults: [.fromUnit(2)], serial: [2, 0x83, 2, 0x30, 0xF1],
            network: [0x12, 0x34, 0, 0, 0, 3, 2, 0x83, 2]),
        Row(
            testDescription: "cut off", faults: [.cutOff(after: 2)], serial: [1, 0x83], network: [0x12, 0x34]),
        Row(
            testDescription: "stray bytes", faults: [.strayBytes([0xFF, 0])],
            serial: [0xFF, 0, 1, 0x83, 2, 0xC0, 0xF1],
            network: [0xFF, 0, 0x12, 0x34, 0, 0, 0, 3, 1, 0x83, 2]),
        Row(
            testDescription: "another transaction", faults: [.transactionOff(by: 0xEDCD)],
            serial: [1, 0x83, 2, 0xC0, 0xF1], network: [0, 1, 0, 0, 0, 3, 1, 0x83, 2]),
        Row(
            testDescription: "the answer before this one", faults: [.staleFirst],
            serial: [0xAA, 1, 0x83, 2, 0xC0, 0xF1], network: [0xAA, 0x12, 0x34, 0, 0, 0, 3, 1, 0x83, 2]),
    ]

    @Test(arguments: rows)
    func `what a fault does to the bytes is frozen`(row: Row) {
        let answer = OutgoingAnswer(unit: 1, pdu: [0x83, 2], faults: row.faults)
        let serial = RTUFraming.frame(unit: answer.unit, pdu: answer.pdu, isChecksumRight: answer.isChecksumRight)
        #expect(answer.bytes(serial, previous: [0xAA]) == row.serial)
        let request = TCPFraming.Request(transaction: [0x12, 0x34], unit: 1, pdu: [3, 0, 0, 0, 1])
        #expect(answer.bytes(request.frame(answer), previous: [0xAA]) == row.network)
    }
}
