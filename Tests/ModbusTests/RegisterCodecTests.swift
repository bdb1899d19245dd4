import Modbus
import TestSupport
import Testing

/// Bytes computed with another program's packing of the same values.
struct CodecRow: Sendable, CustomTestStringConvertible {
    var type: RegisterType
    var value: RegisterValue
    /// In the orders ABCD, CDAB, BADC and DCBA.
    var registers: [[UInt16]]
    var testDescription: String { "\(type) \(value)" }

    static let all = [
        CodecRow(
            type: .float32, value: .real(Double(Float(77.51))),
            registers: [[0x429B, 0x051F], [0x051F, 0x429B], [0x9B42, 0x1F05], [0x1F05, 0x9B42]]),
        CodecRow(
            type: .float32, value: .real(-0.10000000149011612),
            registers: [[0xBDCC, 0xCCCD], [0xCCCD, 0xBDCC], [0xCCBD, 0xCDCC], [0xCDCC, 0xCCBD]]),
        CodecRow(
            type: .float64, value: .real(77.51),
            registers: [
                [0x4053, 0x60A3, 0xD70A, 0x3D71], [0x3D71, 0xD70A, 0x60A3, 0x4053],
                [0x5340, 0xA360, 0x0AD7, 0x713D], [0x713D, 0x0AD7, 0xA360, 0x5340],
            ]),
        CodecRow(
            type: .float64, value: .real(-1e-300),
            registers: [
                [0x81A5, 0x6E1F, 0xC2F8, 0xF359], [0xF359, 0xC2F8, 0x6E1F, 0x81A5],
                [0xA581, 0x1F6E, 0xF8C2, 0x59F3], [0x59F3, 0xF8C2, 0x1F6E, 0xA581],
            ]),
        CodecRow(
            type: .unsigned(.bits16), value: .integer(40008), registers: [[0x9C48], [0x9C48], [0x489C], [0x489C]]),
        CodecRow(type: .signed(.bits16), value: .integer(-2), registers: [[0xFFFE], [0xFFFE], [0xFEFF], [0xFEFF]]),
        CodecRow(
            type: .unsigned(.bits32), value: .integer(2_452_903_544),
            registers: [[0x9234, 0x5678], [0x5678, 0x9234], [0x3492, 0x7856], [0x7856, 0x3492]]),
        CodecRow(
            type: .signed(.bits32), value: .integer(-123_456_789),
            registers: [[0xF8A4, 0x32EB], [0x32EB, 0xF8A4], [0xA4F8, 0xEB32], [0xEB32, 0xA4F8]]),
        CodecRow(
            type: .unsigned(.bits64), value: .integer(18_446_744_061_363_872_714),
            registers: [
                [0xFFFF, 0xFFFD, 0x2023, 0xE3CA], [0xE3CA, 0x2023, 0xFFFD, 0xFFFF],
                [0xFFFF, 0xFDFF, 0x2320, 0xCAE3], [0xCAE3, 0x2320, 0xFDFF, 0xFFFF],
            ]),
        // One below what a Double can tell from its neighbour.
        CodecRow(
            type: .signed(.bits64), value: .integer(-9_007_199_254_740_993),
            registers: [
                [0xFFDF, 0xFFFF, 0xFFFF, 0xFFFF], [0xFFFF, 0xFFFF, 0xFFFF, 0xFFDF],
                [0xDFFF, 0xFFFF, 0xFFFF, 0xFFFF], [0xFFFF, 0xFFFF, 0xFFFF, 0xDFFF],
            ]),
        CodecRow(type: .bcd16, value: .integer(1907), registers: [[0x1907], [0x1907], [0x0719], [0x0719]]),
        CodecRow(
            type: .bcd32, value: .integer(12_345_678),
            registers: [[0x1234, 0x5678], [0x5678, 0x1234], [0x3412, 0x7856], [0x7856, 0x3412]]),
        CodecRow(type: .bit(12), value: .integer(1), registers: [[0x1000], [0x1000], [0x0010], [0x0010]]),
        CodecRow(type: .bits(4...7), value: .integer(10), registers: [[0x00A0], [0x00A0], [0xA000], [0xA000]]),
        CodecRow(
            type: .ascii(registers: 3), value: .text("Pump 1"),
            registers: [
                [0x5075, 0x6D70, 0x2031], [0x2031, 0x6D70, 0x5075],
                [0x7550, 0x706D, 0x3120], [0x3120, 0x706D, 0x7550],
            ]),
    ]
}

struct RegisterCodecTests {
    @Test(arguments: CodecRow.all)
    func `values have the bytes of the four orders`(row: CodecRow) throws {
        for (order, registers) in zip(RegisterOrder.allCases, row.registers) {
            let format = RegisterFormat(row.type, order)
            #expect(try format.decode(registers) == row.value, "\(order)")
            #expect(try format.encode(row.value) == registers, "\(order)")
        }
    }

    struct NoValueRow: Sendable {
        var type: RegisterType
        var registers: [UInt16]
        var fault: RegisterFault
    }

    @Test(arguments: [
        NoValueRow(type: .float32, registers: [0x7F80, 0], fault: .notFinite),
        NoValueRow(type: .float32, registers: [0xFF80, 0], fault: .notFinite),
        NoValueRow(type: .float32, registers: [0x7FC0, 1], fault: .notFinite),
        NoValueRow(type: .float64, registers: [0x7FF0, 0, 0, 0], fault: .notFinite),
        NoValueRow(type: .float64, registers: [0xFFF8, 0, 0, 1], fault: .notFinite),
        NoValueRow(type: .bcd16, registers: [0x190A], fault: .notDecimal),
        NoValueRow(type: .bcd32, registers: [0xF000, 0x0000], fault: .notDecimal),
        NoValueRow(type: .ascii(registers: 1), registers: [0x4107], fault: .notPrintable),
        NoValueRow(type: .ascii(registers: 1), registers: [0x41E9], fault: .notPrintable),
        // What stands behind a text's end is no text.
        NoValueRow(type: .ascii(registers: 2), registers: [0x4100, 0x4242], fault: .notPrintable),
        NoValueRow(type: .unsigned(.bits32), registers: [1], fault: .wrongCount),
        NoValueRow(type: .unsigned(.bits16), registers: [], fault: .wrongCount),
    ])
    func `registers without a value are an error, never a number`(row: NoValueRow) {
        #expect(throws: row.fault) { try RegisterFormat(row.type).decode(row.registers) }
    }

    struct NoRegistersRow: Sendable {
        var type: RegisterType
        var value: RegisterValue
        var fault: RegisterFault
    }

    @Test(arguments: [
        NoRegistersRow(type: .unsigned(.bits16), value: .integer(65_536), fault: .outOfRange),
        NoRegistersRow(type: .unsigned(.bits64), value: .integer(-1), fault: .outOfRange),
        NoRegistersRow(type: .signed(.bits32), value: .integer(2_147_483_648), fault: .outOfRange),
        NoRegistersRow(type: .signed(.bits64), value: .integer(-9_223_372_036_854_775_809), fault: .outOfRange),
        NoRegistersRow(type: .float32, value: .real(1e39), fault: .outOfRange),
        NoRegistersRow(type: .float64, value: .real(.nan), fault: .outOfRange),
        NoRegistersRow(type: .float32, value: .integer(1), fault: .outOfRange),
        NoRegistersRow(type: .bcd16, value: .integer(10_000), fault: .outOfRange),
        NoRegistersRow(type: .bcd32, value: .integer(-1), fault: .outOfRange),
        NoRegistersRow(type: .bit(3), value: .integer(2), fault: .outOfRange),
        NoRegistersRow(type: .bits(4...7), value: .integer(16), fault: .outOfRange),
        NoRegistersRow(type: .ascii(registers: 1), value: .text("abc"), fault: .outOfRange),
        NoRegistersRow(type: .ascii(registers: 1), value: .text("ø"), fault: .notPrintable),
    ])
    func `a value that does not fit is an error, never another value`(row: NoRegistersRow) {
        #expect(throws: row.fault) { try RegisterFormat(row.type).encode(row.value) }
    }

    @Test func `padding of a text is not a part of it`() throws {
        let format = RegisterFormat(.ascii(registers: 3))
        #expect(try format.decode([0x2020, 0x4120, 0x4200]) == .text("A B"))
        #expect(try format.decode([0, 0, 0]) == .text(""))
        #expect(try format.encode(.text("A")) == [0x4120, 0x2020, 0x2020])
    }

    @Test func `bits are put into a register without touching the others`() throws {
        #expect(try RegisterFormat(.bits(4...7)).inserted(0x5, into: 0xFFFF) == 0xFF5F)
        #expect(try RegisterFormat(.bits(4...7), .badc).inserted(0x5, into: 0xFFFF) == 0x5FFF)
        #expect(try RegisterFormat(.bit(0)).inserted(1, into: 0x8000) == 0x8001)
        #expect(try RegisterFormat(.bits(0...15)).inserted(7, into: 0x8000) == 7)
        #expect(try RegisterFormat(.float32).inserted(0, into: 0x8000) == nil)
    }

    /// Every register content either is no value, or the value has that very content.
    @Test(arguments: RegisterOrder.allCases)
    func `what is decoded is encoded into the same registers`(order: RegisterOrder) throws {
        let types: [RegisterType] = [
            .unsigned(.bits16), .unsigned(.bits32), .unsigned(.bits64), .signed(.bits16), .signed(.bits32),
            .signed(.bits64), .float32, .float64, .bcd16, .bcd32, .bits(0...15),
        ]
        var generator = SplitMix(seed: 3)
        var faults = 0
        for type in types {
            let format = RegisterFormat(type, order)
            for _ in 0..<2000 {
                let registers = (0..<format.registerCount).map { _ in
                    UInt16.random(in: .min ... .max, using: &generator)
                }
                if let value = try? format.decode(registers) {
                    #expect(try format.encode(value) == registers, "\(type) \(registers)")
                } else {
                    faults += 1
                }
            }
        }
        #expect(faults > 1000, "BCD with digits above 9, NaN")
    }

    @Test(arguments: RegisterOrder.allCases)
    func `texts and fields come back as they were put in`(order: RegisterOrder) throws {
        var generator = SplitMix(seed: 4)
        for _ in 0..<2000 {
            let count = Int.random(in: 1...8, using: &generator)
            let letters = (0..<Int.random(in: 0...2 * count, using: &generator)).map { _ in
                Character(Unicode.Scalar(UInt8.random(in: 0x21...0x7E, using: &generator)))
            }
            let text = RegisterFormat(.ascii(registers: count), order)
            #expect(try text.decode(text.encode(.text(String(letters)))) == .text(String(letters)))
            let low = Int.random(in: 0...15, using: &generator)
            let range = low...Int.random(in: low...15, using: &generator)
            let field = RegisterFormat(.bits(range), order)
            let number = Int128.random(in: 0..<(Int128(1) << range.count), using: &generator)
            let before = UInt16.random(in: .min ... .max, using: &generator)
            let after = try #require(try field.inserted(number, into: before))
            #expect(try field.decode([after]) == .integer(number))
            #expect(try field.inserted(0, into: after) == field.inserted(0, into: before))
        }
    }
}

struct ExactDecimalTests {
    @Test(arguments: ["0", "1", "-1", "0.1", "-0.05", "123.456", "1000000", "0.000000001"])
    func `a decimal is written as it was read`(text: String) throws {
        #expect(try #require(ExactDecimal(text)).description == text)
    }

    @Test(arguments: [
        "", "-", ".5", "5.", "1e3", "+1", "1,5", "1.2.3", "0x10", " 1", "0.0000000001", "1234567890123456789",
    ])
    func `anything else is no decimal`(text: String) {
        #expect(ExactDecimal(text) == nil)
    }

    @Test func `tenths are exact`() throws {
        let tenth = try #require(ExactDecimal("0.1"))
        #expect(ExactDecimal(3).times(tenth) == ExactDecimal("0.3"))
        #expect(tenth.plus(try #require(ExactDecimal("0.2"))) == ExactDecimal("0.30"))
        #expect(ExactDecimal("0.3")?.double == 0.3)
        #expect(ExactDecimal(123_456).shifted(left: 3) == ExactDecimal("123.456"))
        #expect(ExactDecimal(12).shifted(left: -3) == ExactDecimal(12_000))
        #expect(tenth.shifted(left: -1) == .one)
    }

    @Test func `halves are rounded away from zero`() {
        #expect(
            ["2.5", "2.49", "-2.5", "-2.4", "0.5", "-0.5", "7"].map { ExactDecimal($0)?.rounded } == [
                3, 2, -3, -2, 1, -1, 7,
            ])
        #expect(ExactDecimal("2.0")?.whole == 2)
        #expect(ExactDecimal("2.5")?.whole == nil)
    }

    @Test func `what does not fit is no number`() {
        let large = ExactDecimal(Int128.max)
        #expect(large.times(ExactDecimal(2)) == nil)
        #expect(large.plus(.one) == nil)
        #expect(large.shifted(left: -1) == nil)
        #expect(large > .zero)
        #expect(ExactDecimal("-0.2")! < ExactDecimal("-0.15")!)
    }
}
