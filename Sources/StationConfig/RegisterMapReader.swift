import Modbus
import StrictYAML
import Vocabulary

/// Reads a register map: what the registers of one kind of device mean.
public enum RegisterMapReader {
    /// Opens no file; `file` is the name that messages give.
    ///
    /// - Throws: all that is wrong with the file.
    public static func read(text: String, file: String) throws(YAMLErrors) -> RegisterMap {
        try YAMLDocument.read(text: text, file: file, readMap)
    }
}

private func readMap(_ root: YAMLMapping) -> RegisterMap? {
    let device = root.required("device") { $0.string() }
    // For whoever reads the map; the station has no use for it.
    let source = root.optional("source", absent: "") { $0.string() }
    let role = root.optional("role", absent: Read(value: RegisterMap.Role.monitor, mapping: root)) {
        $0.mapping(readRole)
    }
    let registers = root.optional("readLimit", absent: RegisterRange.countLimit) {
        $0.int(in: 1...RegisterRange.countLimit)
    }
    let bits = root.optional("bitReadLimit", absent: BitRange.countLimit) { $0.int(in: 1...BitRange.countLimit) }
    let readable = root.optional("readable", absent: []) { list in
        list.list(count: 0...Limits.readableCount) { $0.mapping(readBlock) }
    }
    let patience = root.optional("measure", absent: RegisterMap.Patience()) { $0.mapping(readPatience) }
    let points = root.required("points") { list in
        list.list(count: 1...RegisterMap.pointsLimit) { $0.mapping(readPoint) }
    }
    guard let device, source != nil, let role, let registers, let bits, let readable, let patience, let points,
        let limits = ReadPlan.Limits(registers: registers, bits: bits)
    else { return nil }
    do {
        return try RegisterMap(
            device: device, points: points.map(\.value), role: role.value, patience: patience, readable: readable,
            limits: limits)
    } catch {
        for fault in error.faults {
            let place = fault.point.map { points[$0].place(of: fault.key) } ?? role.mapping.place(of: fault.key)
            place.fail(fault.sentence)
        }
        return nil
    }
}

private func readRole(_ role: YAMLMapping) -> Read<RegisterMap.Role>? {
    let roles: [(key: String, make: (String) -> RegisterMap.Role)] = [
        ("scale", { .scale(point: $0) }), ("tagReader", { .tagReader(point: $0) }),
        ("binLevel", { .binLevel(point: $0) }),
    ]
    let key = role.oneOf(roles.map(\.key))
    guard let make = roles.first(where: { $0.key == key })?.make, let key else { return nil }
    return role.required(key) { $0.string() }.map { Read(value: make($0), mapping: role) }
}

private func readPatience(_ measure: YAMLMapping) -> RegisterMap.Patience? {
    let absent = RegisterMap.Patience()
    let interval = measure.optional("interval", absent: absent.interval) { $0.duration(in: Limits.lookInterval) }
    let timeout = measure.optional("timeout", absent: absent.timeout) { $0.duration(in: Limits.lookTimeout) }
    let attempts = measure.optional("attempts", absent: nil) {
        $0.int(in: Limits.lookAttempts).map(Optional.some)
    }
    guard let interval, let timeout, let attempts else { return nil }
    return RegisterMap.Patience(interval: interval, timeout: timeout, attempts: attempts)
}

private func readBlock(_ block: YAMLMapping) -> RegisterSpan? {
    let start = readRegisterPlace(block)
    let count = block.required("count") { $0.int(in: Limits.readableElements) }
    guard let start, let count else { return nil }
    guard let span = RegisterSpan(start.table, start.address, count: count) else {
        block.place(of: "count").fail("\(count) from address \(start.address) goes beyond address 65535")
        return nil
    }
    return span
}

/// `table` and `address` from 0, or the customary number as `register`, never one taken for the other.
func readRegisterPlace(_ mapping: YAMLMapping) -> (table: ModbusTable, address: UInt16)? {
    guard let key = mapping.oneOf(["address", "register"]) else {
        _ = mapping.optional("table") { $0.word(ModbusTable.self) }
        return nil
    }
    if key == "address" {
        let table = mapping.required("table") { $0.word(ModbusTable.self) }
        let address = mapping.required("address") { $0.int(in: 0...RegisterSpan.addressCount - 1) }
        guard let table, let address else { return nil }
        return (table, UInt16(address))
    }
    let table = mapping.optional("table") { $0.word(ModbusTable.self) }
    guard let number = mapping.required("register", { $0.int(in: 1...Limits.registerNumber) }) else { return nil }
    guard let place = ModbusTable.place(ofRegister: number) else {
        mapping.place(of: "register").fail(
            "\(number) is no register: coils are 1 to 9999, discrete inputs 10001 to 19999, input registers 30001 to "
                + "39999, holding registers 40001 to 49999; others are given by table and address")
        return nil
    }
    if let table, table != place.table {
        mapping.place(of: "table").fail(
            "\(table.rawValue) contradicts register \(number), which is \(place.table.rawValue)")
    }
    return place
}
