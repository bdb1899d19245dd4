import Modbus
import StrictYAML
import Vocabulary

/// A point with the places of its keys and rules.
struct ReadPoint {
    var value: RegisterPoint
    var mapping: YAMLMapping
    /// In the order of the point's rules.
    var rules: [YAMLPlace]

    func place(of key: String) -> YAMLPlace {
        rules.indices.first { RegisterMapFaults.ruleKey($0) == key }.map { rules[$0] } ?? mapping.place(of: key)
    }
}

func readPoint(_ point: YAMLMapping) -> ReadPoint? {
    let name = point.required("name") { $0.raw(PointName.self, expected: nameInWords) }
    let start = readRegisterPlace(point)
    let form = readForm(point, start?.table)
    let unit = point.optional("unit", absent: "") { $0.string() }
    let scaling = readScaling(point, form)
    let latch = point.optional("latch", absent: nil) { $0.mapping(readLatch).map(Optional.some) }
    let failed = readRules(point, "failedWhen", isGood: false)
    let good = readRules(point, "goodWhen", isGood: true)
    guard let name, let start, let form, let unit, let scaling, let latch, let failed, let good else { return nil }
    let rules = failed + good
    let source: RegisterPoint.Source
    switch (start.table, form) {
    case (.holding, .registers(let format)): source = .holding(start.address, format)
    case (.input, .registers(let format)): source = .input(start.address, format)
    case (.coil, _): source = .coil(start.address)
    case (.discrete, _): source = .discrete(start.address)
    // Only the tables of bits have the form of a bit.
    case (.holding, .bit), (.input, .bit): return nil
    }
    guard
        let value = RegisterPoint(
            name.rawValue, source, unit: unit, scaling: scaling, rules: rules.map(\.value), latch: latch)
    else {
        point.place.fail("the point goes beyond address 65535, the last of a table")
        return nil
    }
    return ReadPoint(value: value, mapping: point, rules: rules.map(\.mapping.place))
}

/// A point is named by the same rule as everything else that a person names.
private struct PointName: ChosenName {
    let rawValue: String
    init(unchecked: String) { rawValue = unchecked }
}

/// What a point is made of.
enum PointForm {
    /// A coil or discrete input.
    case bit
    case registers(RegisterFormat)
}

enum TypeWord: String, CaseIterable {
    case uint16, int16, uint32, int32, uint64, int64, float32, float64, bcd16, bcd32, bit, bits, ascii
}

/// A table of bits needs no further keys. If the table or the type is not known, all of them are asked for, so that
/// they do not count as unknown.
private func readForm(_ point: YAMLMapping, _ table: ModbusTable?) -> PointForm? {
    if let table, table.holdsBits { return .bit }
    let word = point.required("type") { $0.word(TypeWord.self) }
    let bit = word.has(.bit) ? read(point, "bit", isNeeded: word != nil) { $0.int(in: 0...15) } : nil
    let bits = word.has(.bits) ? read(point, "bits", isNeeded: word != nil, readBits) : nil
    let registers =
        word.has(.ascii)
        ? read(point, "registers", isNeeded: word != nil) { $0.int(in: 1...RegisterRange.countLimit) } : nil
    let type: RegisterType?
    switch word {
    case .uint16: type = .unsigned(.bits16)
    case .uint32: type = .unsigned(.bits32)
    case .uint64: type = .unsigned(.bits64)
    case .int16: type = .signed(.bits16)
    case .int32: type = .signed(.bits32)
    case .int64: type = .signed(.bits64)
    case .float32: type = .float32
    case .float64: type = .float64
    case .bcd16: type = .bcd16
    case .bcd32: type = .bcd32
    case .bit: type = bit.map { .bit($0) }
    case .bits: type = bits.map { .bits($0) }
    case .ascii: type = registers.map { .ascii(registers: $0) }
    case nil: type = nil
    }
    // Nobody should guess which of several registers comes first; texts are hardly ever sent but from left to right.
    let isOrderNeeded = (type?.registerCount ?? 1) > 1 && word != .ascii
    let order =
        isOrderNeeded
        ? point.required("order") { $0.word(RegisterOrder.self) }
        : point.optional("order", absent: .abcd) { $0.word(RegisterOrder.self) }
    guard let type, let order else { return nil }
    return .registers(RegisterFormat(type, order))
}

extension TypeWord? {
    /// Whether a key of this type has a place here; it has if the type is not known.
    fileprivate func has(_ word: TypeWord) -> Bool { self == nil || self == word }
}

private func read<Value>(
    _ point: YAMLMapping, _ key: String, isNeeded: Bool, _ read: (YAMLValue) -> Value?
) -> Value? {
    isNeeded ? point.required(key, read) : point.optional(key, read)
}

private func readBits(_ value: YAMLValue) -> ClosedRange<Int>? {
    guard let pair = value.list(count: 2...2, { $0.int(in: 0...15) }) else { return nil }
    guard pair[0] <= pair[1] else {
        value.place.fail("\(pair[0]) is above \(pair[1]): the lowest bit comes first")
        return nil
    }
    return pair[0]...pair[1]
}

private func readLatch(_ latch: YAMLMapping) -> RegisterPoint.Latch? {
    let point = latch.required("point") { $0.string() }
    let unset = latch.optional("unset", absent: .none) { $0.word(RegisterPoint.Latch.Unset.self) }
    guard let point, let unset else { return nil }
    return RegisterPoint.Latch(point: point, unset: unset)
}

private func readRules(_ point: YAMLMapping, _ key: String, isGood: Bool) -> [Read<QualityRule>]? {
    point.optional(key, absent: []) { list in
        list.list(count: 1...Limits.ruleCount) { value in
            value.mapping { rule in readRule(rule, isGood: isGood).map { Read(value: $0, mapping: rule) } }
        }
    }
}

private func readRule(_ rule: YAMLMapping, isGood: Bool) -> QualityRule? {
    let point = rule.required("point") { $0.string() }
    let failure = rule.optional("failure", absent: .refused) { $0.word(QualityRule.Failure.self) }
    let key = rule.oneOf(["equals", "differs", "bitSet", "bitClear"])
    let test: QualityRule.Test?
    if let key, key.hasPrefix("bit") {
        test = rule.required(key) { $0.int(in: 0...63) }.map { .bitSet($0) }
    } else if let key {
        test = rule.required(key, readWhole).map { .equals($0) }
    } else {
        test = nil
    }
    guard let point, let failure, let key, let test else { return nil }
    let isNegated = key == "differs" || key == "bitClear"
    return QualityRule(point: point, test, expected: isGood != isNegated, failure: failure)
}
