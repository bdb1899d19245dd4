import Modbus
import Testing
import Vocabulary

@testable import Drivers

struct InveoTests {
    static let readFlag = ModbusRequest.readCoils(BitRange(1004, count: 1))
    static let clearFlag = ModbusRequest.writeCoil(address: 1004, isOn: false)
    static let readCode = ModbusRequest.readHolding(RegisterRange(1000, count: 5))

    @Test func `a latched code is thrown away before a fresh one is believed`() throws {
        var reader = InveoRFIDMB10()
        #expect(reader.begin(.measure, at: .at(0)) == .send(Self.clearFlag))
        #expect(reader.next(.written, at: .at(20)) == .send(Self.readFlag))
        #expect(reader.next(.bits([false]), at: .at(40)) == .pause(until: .at(120)))
        #expect(reader.next(.pauseOver, at: .at(120)) == .send(Self.readFlag))
        #expect(reader.next(.bits([true]), at: .at(140)) == .send(Self.readCode))
        #expect(reader.next(.registers([0, 0, 0, 0x0012, 0xD687]), at: .at(160)) == .send(Self.clearFlag))
        let tag = try #require(Tag(number: 0x0012_D687))
        #expect(
            reader.next(.written, at: .at(180))
                == .done(
                    .evidence(.tag(.good(.tag(tag), at: .at(180)))),
                    [
                        PointSample("tag", .good(.number(1_234_567), at: .at(180))),
                        PointSample("code", .good(.text("0000000000000012D687"), at: .at(180))),
                    ]))
    }

    @Test func `a flag that cannot be cleared is no evidence, however often it is set`() {
        var reader = InveoRFIDMB10()
        #expect(reader.begin(.measure, at: .at(0)) == .send(Self.clearFlag))
        for _ in 1...2 {
            #expect(reader.next(.written, at: .at(0)) == .send(Self.readFlag))
            #expect(reader.next(.bits([true]), at: .at(0)) == .send(Self.clearFlag))
        }
        #expect(reader.next(.written, at: .at(0)) == .send(Self.readFlag))
        #expect(
            reader.next(.bits([true]), at: .at(9)) == .done(.evidence(.tag(.failed(.implausible, at: .at(9))))))
    }

    @Test func `a flag that does not come up within six looks means that there is no tag`() {
        var reader = InveoRFIDMB10()
        _ = reader.begin(.measure, at: .at(0))
        _ = reader.next(.written, at: .at(0))
        #expect(reader.next(.bits([false]), at: .at(0)) == .pause(until: .at(80)))
        for look in 1...5 {
            let now = Instant.at(Int64(look) * 80)
            #expect(reader.next(.pauseOver, at: now) == .send(Self.readFlag))
            #expect(reader.next(.bits([false]), at: now) == .pause(until: now + .milliseconds(80)))
        }
        #expect(reader.next(.pauseOver, at: .at(480)) == .send(Self.readFlag))
        #expect(
            reader.next(.bits([false]), at: .at(480))
                == .done(
                    .evidence(.tag(.good(.noTag, at: .at(480)))), [PointSample("tag", .good(.nothing, at: .at(480)))]))
    }

    struct CodeRow {
        var name: String
        var code: [UInt16]
        var tag: UInt32?
    }

    @Test(arguments: [
        CodeRow(name: "the last four bytes", code: [0, 0, 0, 0xFFFF, 0xFFFE], tag: 0xFFFF_FFFE),
        CodeRow(name: "one byte more", code: [0, 0, 1, 0x0012, 0xD687], tag: nil),
        CodeRow(name: "the highest byte", code: [0x0100, 0, 0, 0x0012, 0xD687], tag: nil),
        CodeRow(name: "no code at all", code: [0, 0, 0, 0, 0], tag: nil),
    ])
    func `a code that is longer than a tag's number is never cut off`(_ row: CodeRow) {
        #expect(InveoRFIDMB10.tag(row.code)?.number == row.tag, "\(row.name)")
    }

    @Test func `a poll shows what was read, and a foreign code as implausible`() {
        var reader = InveoRFIDMB10()
        #expect(reader.begin(.poll, at: .at(0)) == .send(Self.readFlag))
        #expect(
            reader.next(.bits([false]), at: .at(5)) == .done(.alive, [PointSample("tag", .good(.nothing, at: .at(5)))]))
        _ = reader.begin(.poll, at: .at(1000))
        #expect(reader.next(.bits([true]), at: .at(1000)) == .send(Self.readCode))
        #expect(reader.next(.registers([0, 0, 0x00E0, 0x0401, 2]), at: .at(1000)) == .send(Self.clearFlag))
        #expect(
            reader.next(.written, at: .at(1001))
                == .done(
                    .alive,
                    [
                        PointSample("tag", .failed(.implausible, at: .at(1001))),
                        PointSample("code", .good(.text("0000000000E004010002"), at: .at(1001))),
                    ]))
    }
}
