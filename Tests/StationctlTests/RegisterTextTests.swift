import ArgumentParser
import FoundationEssentials
import Hardware
import Modbus
import OperatorAPI
import Testing
import Vocabulary

@testable import stationctl

@Suite struct RegisterTextTests {
    private func query(
        _ table: TableName, _ address: Int, _ count: Int = 1, _ type: ValueType? = nil, _ order: String = "ABCD"
    ) throws -> RegisterQuery {
        try RegisterQuery(
            table, address: address, count: count, type: type,
            order: try #require(OrderChoice(argument: order)))
    }

    @Test func `registers without a type are shown raw`() throws {
        let query = try query(.holding, 6, 3)
        #expect(query.words == "holding registers 6 to 8")
        #expect(
            query.text([0x1000, 0xFFFF, 0]) == """
                ADDRESS   HEX  UNSIGNED  SIGNED
                      6  1000      4096    4096
                      7  FFFF     65535      -1
                      8  0000         0       0
                """)
    }

    @Test func `values of a type are shown in their order, or in all of them`() throws {
        let two = try query(.input, 100, 2, .float32, "cdab")
        #expect(two.request == .readInput(RegisterRange(100, count: 4)))
        #expect(
            two.text([0x6666, 0x420C, 0, 0x7FC0]) == """
                ADDRESS  HEX            VALUE
                    100  6666 420C       35.1
                    102  0000 7FC0  no number
                """)
        #expect(
            try query(.holding, 7, 1, .int32, "all").text([0, 351]) == """
                ADDRESS  HEX        ABCD      CDAB   BADC        DCBA
                      7  0000 015F   351  23003136  24321  1593901056
                """)
        #expect(
            try query(.holding, 0, 3, .ascii).text([0x544C, 0x4234, 0x2020]) == """
                ADDRESS  HEX              VALUE
                      0  544C 4234 2020  "TLB4"
                """)
    }

    @Test func `bits are shown as such`() throws {
        let bits = try query(.discreteInputs, 0, 2)
        #expect(bits.request == .readDiscreteInputs(BitRange(0, count: 2)))
        #expect(bits.text(rawValues(.bits([true, false]))) == "ADDRESS  VALUE\n      0      1\n      1      0")
        #expect(try query(.coils, 4).words == "coil 4")
    }

    @Test func `a read as JSON is frozen`() throws {
        let query = try query(.holding, 7, 1, .int32)
        let report = ReadReport(
            unit: 1, device: "scale", table: "holding", address: 7, registers: [0, 351], values: query.values([0, 351]))
        #expect(
            String(decoding: try OperatorJSON.encode(report), as: UTF8.self) == """
                {"address":7,"device":"scale","registers":[0,351],"table":"holding","unit":1,"values":[{"address":7,\
                "decoded":[{"number":351,"order":"ABCD","text":"351"}],"raw":"0000 015F"}]}
                """)
    }

    @Test func `integers of 64 bits keep every digit in JSON`() throws {
        let rows: [(ValueType, [UInt16], String)] = [
            (.uint64, [0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF], "18446744073709551615"),
            (.int64, [0x8000, 0, 0, 1], "-9223372036854775807"), (.uint64, [0x0020, 0, 0, 1], "9007199254740993"),
            (.float64, [0x3FF8, 0, 0, 0], "1.5"),
        ]
        for (type, registers, number) in rows {
            let value = try query(.holding, 0, 1, type).values(registers)[0].decoded[0]
            let json = String(decoding: try OperatorJSON.encode(value), as: UTF8.self)
            #expect(json == #"{"number":\#(number),"order":"ABCD","text":"\#(number)"}"#)
            #expect(try OperatorJSON.decode(ShownValue.Decoded.self, from: Data(json.utf8)) == value)
        }
    }

    @Test(arguments: [
        ["bus", "scan"], ["bus", "scan", "--rtu", "a", "--tcp", "b"], ["bus", "scan", "--rtu", "a", "--units", "0-9"],
        ["bus", "scan", "--rtu", "a", "--units", "9-1"], ["bus", "scan", "--tcp", "h:0"],
        ["bus", "scan", "--tcp", "h", "--all-rates"], ["bus", "scan", "--rtu", "a", "--baud", "300"],
        ["bus", "read", "1", "holding", "0", "126", "--rtu", "a"],
        ["bus", "read", "1", "holding", "65536", "--rtu", "a"],
        ["bus", "read", "1", "coils", "0", "--type", "int16", "--rtu", "a"],
        ["bus", "read", "1", "holding", "0", "63", "--type", "int32", "--rtu", "a"],
        ["bus", "read", "1", "inputs", "0", "--rtu", "a"],
        ["bus", "watch", "1", "input", "0", "--rtu", "a", "--period", "5"],
        // Nothing is written without --write.
        ["bus", "write", "1", "holding", "0", "5", "--rtu", "a"],
        ["bus", "write", "1", "input", "0", "5", "--rtu", "a", "--write"],
        ["bus", "write", "1", "holding", "0", "70000", "--rtu", "a", "--write"],
        ["bus", "write", "1", "holding", "0", "5", "--order", "all", "--rtu", "a", "--write"],
        ["bus", "write", "1", "coils", "0", "2", "--rtu", "a", "--write"],
    ])
    func `a command line that cannot be meant is refused`(arguments: [String]) {
        #expect(throws: (any Error).self) { try Stationctl.parseAsRoot(arguments) }
    }

    struct WriteRow: Sendable, CustomTestStringConvertible {
        var table = TableName.holding
        var values: [String]
        var type: ValueType?
        var order = "ABCD"
        var many = false
        var pdu: [UInt8]
        var testDescription: String { "\(values) \(order) \(many)" }
    }

    @Test(arguments: [
        WriteRow(values: ["-2"], pdu: [6, 0, 9, 0xFF, 0xFE]), WriteRow(values: ["0x1F"], pdu: [6, 0, 9, 0, 0x1F]),
        WriteRow(values: ["7"], many: true, pdu: [16, 0, 9, 0, 1, 2, 0, 7]),
        WriteRow(values: ["1", "2"], pdu: [16, 0, 9, 0, 2, 4, 0, 1, 0, 2]),
        WriteRow(values: ["351"], type: .int32, order: "CDAB", pdu: [16, 0, 9, 0, 2, 4, 1, 0x5F, 0, 0]),
        WriteRow(values: ["35.1"], type: .float32, pdu: [16, 0, 9, 0, 2, 4, 0x42, 0x0C, 0x66, 0x66]),
        WriteRow(values: ["TLB"], type: .ascii, pdu: [16, 0, 9, 0, 2, 4, 0x54, 0x4C, 0x42, 0x20]),
        WriteRow(table: .coils, values: ["on"], pdu: [5, 0, 9, 0xFF, 0]),
        WriteRow(table: .coils, values: ["on", "off", "1"], pdu: [15, 0, 9, 0, 3, 1, 0b101]),
    ])
    func `what is written is these bytes`(row: WriteRow) throws {
        let write = try RegisterWrite(
            row.table, address: 9, row.values, type: row.type,
            order: try #require(OrderChoice(argument: row.order)), asMany: row.many)
        #expect(write.request.pdu == row.pdu)
        #expect(write.request.isWrite && !write.query.request.isWrite)
    }

    @Test func `before and after stand side by side`() throws {
        let write = try RegisterWrite(
            .holding, address: 9, ["10", "11"], type: nil, order: .standard, asMany: false)
        #expect(
            write.text(before: [1, 2], after: [10, 11]) == """
                ADDRESS    BEFORE      AFTER
                      9  1 (0001)  10 (000A)
                     10  2 (0002)  11 (000B)
                """)
        #expect(write.text(before: nil, after: [10, 11]).contains("unknown"))
    }

    @Test func `watching tells the first values, what changes, and a failure once`() throws {
        var watch = BusWatch(try query(.holding, 7, 2))
        var texts: [String] = []
        let outcomes: [BusWatch.Outcome] = [
            .read([1, 2]), .read([1, 2]), .read([1, 3]), .failed(.timeout), .failed(.timeout), .failed(.exception(6)),
            .read([1, 3]), .read([4, 3]),
        ]
        for outcome in outcomes {
            if let (_, text) = watch.take(outcome, unixMilliseconds: 0) { texts.append(text) }
        }
        #expect(
            texts == [
                "7: 1 (0001); 8: 2 (0002)", "8: 2 (0002) -> 3 (0003)", "no answer", "refused: device busy (6)",
                "good again after 3 failed", "7: 1 (0001) -> 4 (0004)",
            ])
        #expect(clockText(unixMilliseconds: 1_700_000_000_009) == "22:13:20.009Z")
    }

    @Test func `a line of watching as JSON has its quality`() throws {
        var watch = BusWatch(try query(.holding, 7))
        let read = watch.take(.read([1]), unixMilliseconds: 5)?.change
        #expect(
            String(decoding: try OperatorJSON.encode(read), as: UTF8.self) == """
                {"changed":[{"address":7,"decoded":[{"number":1,"text":"1"}],"raw":"0001"}],"quality":"good",\
                "unixMilliseconds":5}
                """)
        let lost = watch.take(.failed(.badFrame), unixMilliseconds: 6)?.change
        #expect(
            String(decoding: try OperatorJSON.encode(lost), as: UTF8.self)
                == #"{"changed":[],"quality":"badFrame","unixMilliseconds":6}"#)
    }
}
