import StrictYAML
import Vocabulary

/// What was read from one mapping, with the mapping for rules that point back at it.
struct Read<Value> {
    var value: Value
    var mapping: YAMLMapping
}

struct Equipment {
    var buses: [BusSettings]
    var devices: [DeviceSettings]
}

/// Reads `buses` and `devices` and the rules that hold between them.
func readEquipment(_ root: YAMLMapping) -> Equipment? {
    let buses = root.required("buses") { list in
        list.list(count: Limits.busCount) { value in
            value.mapping().flatMap { mapping in readBus(mapping).map { Read(value: $0, mapping: mapping) } }
        }
    }
    let devices = root.required("devices") { list in
        list.list(count: Limits.deviceCount) { value in
            value.mapping().flatMap { mapping in readDevice(mapping).map { Read(value: $0, mapping: mapping) } }
        }
    }
    if let buses { checkBuses(buses) }
    if let devices { checkDevices(devices) }
    guard let buses, let devices else { return nil }
    let known = Set(buses.map(\.value.id))
    for device in devices where !known.contains(device.value.bus) {
        device.mapping.place(of: "bus").fail(
            "there is no bus \"\(device.value.bus)\"; the buses are: \(list(buses.map(\.value.id)))")
    }
    return Equipment(buses: buses.map(\.value), devices: devices.map(\.value))
}

private func readBus(_ bus: YAMLMapping) -> BusSettings? {
    let id = bus.required("id") { $0.raw(BusName.self, expected: nameInWords) }
    let transport = bus.oneOf(["rtu", "tcp"]).flatMap { key in
        bus.required(key) { $0.mapping(key == "rtu" ? readSerial : readEndpoint) }
    }
    let responseTimeout = bus.optional("responseTimeout", absent: .milliseconds(500)) {
        $0.duration(in: Limits.responseTimeout)
    }
    let byteTimeout = bus.optional("byteTimeout", absent: .milliseconds(100)) { $0.duration(in: Limits.byteTimeout) }
    let gap = bus.optional("gap", absent: .milliseconds(5)) { $0.duration(in: Limits.gap) }
    guard let id, let transport, let responseTimeout, let byteTimeout, let gap else { return nil }
    return BusSettings(
        id: id.rawValue, transport: transport, responseTimeout: responseTimeout, byteTimeout: byteTimeout, gap: gap)
}

/// A bus is named by the same rule as everything else that a person names.
private struct BusName: ChosenName {
    let rawValue: String
    init(unchecked: String) { rawValue = unchecked }
}

private func readSerial(_ rtu: YAMLMapping) -> BusSettings.Transport? {
    let path = rtu.required("path") { $0.string() }
    let baud = rtu.optional("baud", absent: 19_200) { $0.int(in: Limits.baud) }
    let parity = rtu.optional("parity", absent: .none) { $0.word(BusSettings.Parity.self) }
    let stopBits = rtu.optional("stopBits", absent: 1) { $0.int(in: Limits.stopBits) }
    guard let path, let baud, let parity, let stopBits else { return nil }
    return .rtu(path: path, baud: baud, parity: parity, stopBits: stopBits)
}

private func readEndpoint(_ tcp: YAMLMapping) -> BusSettings.Transport? {
    let host = tcp.required("host") { $0.string() }
    let port = tcp.optional("port", absent: 502) { $0.int(in: Limits.port) }
    guard let host, let port else { return nil }
    return .tcp(host: host, port: port)
}

private func readDevice(_ device: YAMLMapping) -> DeviceSettings? {
    let id = device.required("id") { $0.raw(DeviceID.self, expected: nameInWords) }
    let bus = device.required("bus") { $0.string() }
    let unit = device.required("unit") { $0.int(in: Limits.unit) }
    let driver = device.required("driver") { $0.word(DriverName.self) }
    let period = device.optional("period", absent: .seconds(1)) { $0.duration(in: Limits.period) }
    let priority = device.optional("priority", absent: 5) { $0.int(in: Limits.priority) }
    let responseTimeout = device.optional("responseTimeout", absent: nil) {
        $0.duration(in: Limits.responseTimeout).map(Optional.some)
    }
    let referenceMaximum = readReferenceMaximum(device, of: driver)
    guard let id, let bus, let unit, let driver, let period, let priority, let responseTimeout, let referenceMaximum
    else { return nil }
    return DeviceSettings(
        id: id, bus: bus, unit: UInt8(unit), driver: driver, period: period, priority: priority,
        responseTimeout: responseTimeout, referenceMaximumCentihertz: referenceMaximum)
}

/// For every other driver it is an unknown key.
/// - Returns: `.some(nil)` for a driver that needs none; nil if it is missing or wrong, which is then reported.
private func readReferenceMaximum(_ device: YAMLMapping, of driver: DriverName?) -> UInt16?? {
    guard driver == .danfossFC202 else { return .some(nil) }
    let maximum = device.required("referenceMaximum") { $0.quantity(.frequency, in: Limits.conveyorSpeedCentihertz) }
    return maximum.map { .some(UInt16($0)) }
}

/// A drive that is told shares of its maximum cannot be told more than that.
func checkSpeed(_ speedCentihertz: UInt16, _ conveyor: YAMLPlace, devices: [DeviceSettings]) {
    for device in devices {
        guard let maximum = device.referenceMaximumCentihertz, speedCentihertz > maximum else { continue }
        conveyor.fail("the speed is above the referenceMaximum of the device \"\(device.id)\"")
    }
}

private func checkBuses(_ buses: [Read<BusSettings>]) {
    forEachRepeated(buses, by: \.value.id) { bus, first in
        bus.mapping.place(of: "id").fail("\"\(first.value.id)\" is already the name of another bus")
    }
    forEachRepeated(buses, by: { endpoint($0.value.transport) }) { bus, first in
        bus.mapping.place.fail(
            "\(endpoint(bus.value.transport)) is already the bus \"\(first.value.id)\"; put its devices there")
    }
}

private func endpoint(_ transport: BusSettings.Transport) -> String {
    switch transport {
    case .rtu(let path, baud: _, parity: _, stopBits: _): path
    case .tcp(let host, let port): "\(host):\(port)"
    }
}

private func checkDevices(_ devices: [Read<DeviceSettings>]) {
    forEachRepeated(devices, by: \.value.id) { device, first in
        device.mapping.place(of: "id").fail("\"\(first.value.id)\" is already the name of another device")
    }
    forEachRepeated(devices, by: { "\($0.value.unit) \($0.value.bus)" }) { device, first in
        device.mapping.place(of: "unit").fail(
            "unit \(device.value.unit) of bus \"\(device.value.bus)\" is already the device \"\(first.value.id)\"")
    }
    let single = devices.filter { $0.value.driver.role != .binLevel && $0.value.driver.role != .remoteIO }
    forEachRepeated(single, by: \.value.driver.role) { device, first in
        device.mapping.place(of: "driver").fail(
            "\"\(first.value.id)\" is already the station's \(inWords(device.value.driver.role)); there can be only one"
        )
    }
}

private func inWords(_ role: DriverName.Role) -> String {
    switch role {
    case .evidence(.scale): "scale"
    case .evidence(.tagReader): "tag reader"
    case .evidence(.nirHead): "near-infrared head"
    case .binLevel: "level sensor"
    case .drive: "conveyor drive"
    case .remoteIO: "remote I/O"
    }
}

/// Calls `report` with every element whose key an earlier one has, and that earlier one.
func forEachRepeated<Element, Key: Hashable>(
    _ elements: [Element], by key: (Element) -> Key, report: (Element, Element) -> Void
) {
    var first: [Key: Element] = [:]
    for element in elements {
        if let earlier = first[key(element)] {
            report(element, earlier)
        } else {
            first[key(element)] = element
        }
    }
}

/// Names in the order given, for a sentence.
func list(_ names: some Sequence<String>) -> String {
    names.joined(separator: ", ")
}
