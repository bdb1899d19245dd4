import Modbus
import StrictYAML

/// The keys that make a number of what stands in the registers. A flag and a text have none of them; if the form is
/// not known, all are asked for, so that they do not count as unknown.
func readScaling(_ point: YAMLMapping, _ form: PointForm?) -> RegisterScaling? {
    let isInteger: Bool
    switch form {
    case nil: isInteger = true
    case .bit: return RegisterScaling()
    case .registers(let format):
        switch format.type {
        case .bit, .ascii: return RegisterScaling()
        case .float32, .float64: isInteger = false
        case .unsigned, .signed, .bcd16, .bcd32, .bits: isInteger = true
        }
    }
    let scale = point.optional("scale", absent: .one, readScale)
    let offset = point.optional("offset", absent: .zero, readDecimal)
    let decimalsFrom = point.optional("decimalsFrom", absent: []) { list in
        list.list(count: 1...Limits.decimalsFromCount) { $0.string() }
    }
    let plausible = point.optional("plausible", absent: nil) { readRange($0).map(Optional.some) }
    let noneValue =
        isInteger ? point.optional("noneValue", absent: nil) { readWhole($0).map(Optional.some) } : .some(nil)
    let codes =
        isInteger
        ? point.optional("codes", absent: []) { $0.list(count: 1...RegisterScaling.codesLimit, readDecimal) } : []
    guard let scale, let offset, let decimalsFrom, let plausible, let noneValue, let codes else { return nil }
    return RegisterScaling(
        scale: scale, offset: offset, decimalsFrom: decimalsFrom, plausible: plausible, noneValue: noneValue,
        codes: codes)
}

/// Times 0 every reading would be the same number, whatever the device says.
private func readScale(_ value: YAMLValue) -> ExactDecimal? {
    guard let scale = readDecimal(value) else { return nil }
    guard scale != .zero else {
        value.place.fail("0 would make 0 of every reading")
        return nil
    }
    return scale
}

private func readRange(_ value: YAMLValue) -> ClosedRange<ExactDecimal>? {
    guard let pair = value.list(count: 2...2, readDecimal) else { return nil }
    guard pair[0] <= pair[1] else {
        value.place.fail("\(pair[0]) is above \(pair[1]): the least plausible value comes first")
        return nil
    }
    return pair[0]...pair[1]
}

private func readDecimal(_ value: YAMLValue) -> ExactDecimal? {
    let expected =
        "a decimal number such as 0.1, with at most \(ExactDecimal.digitsLimit) digits, "
        + "\(ExactDecimal.decimalsLimit) of them after the point"
    return value.raw(DecimalText.self, expected: expected)?.number
}

/// As wide as the widest registers.
func readWhole(_ value: YAMLValue) -> Int128? {
    value.raw(WholeText.self, expected: "a whole number of at most 64 bits")?.number
}

private struct DecimalText: RawRepresentable {
    let rawValue: String
    let number: ExactDecimal

    init?(rawValue: String) {
        guard let number = ExactDecimal(rawValue) else { return nil }
        self.rawValue = rawValue
        self.number = number
    }
}

private struct WholeText: RawRepresentable {
    let rawValue: String
    let number: Int128

    init?(rawValue: String) {
        guard let number = Int128(rawValue), (Int128(Int64.min)...Int128(UInt64.max)).contains(number) else {
            return nil
        }
        self.rawValue = rawValue
        self.number = number
    }
}
