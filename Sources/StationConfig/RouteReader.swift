import StrictYAML
import Vocabulary

func readBins(_ root: YAMLMapping) -> [Read<BinSettings>]? {
    let bins = root.required("bins") { list in
        list.list(count: Limits.binCount) { value in
            value.mapping().flatMap { mapping in readBin(mapping).map { Read(value: $0, mapping: mapping) } }
        }
    }
    guard let bins else { return nil }
    forEachRepeated(bins, by: \.value.id) { bin, first in
        bin.mapping.place(of: "id").fail("\"\(first.value.id)\" is already the name of another bin")
    }
    forEachRepeated(bins, by: \.value.position) { bin, first in
        bin.mapping.place(of: "position").fail(
            "the diverter's position \(bin.value.position.rawValue) already leads to the bin \"\(first.value.id)\"")
    }
    return bins
}

private func readBin(_ bin: YAMLMapping) -> BinSettings? {
    let id = bin.required("id") { $0.raw(BinID.self, expected: nameInWords) }
    let position = bin.required("position") { $0.word(DiverterPosition.self) }
    let levelSensor = bin.optional("levelSensor") { $0.raw(DeviceID.self, expected: nameInWords) }
    guard let id, let position else { return nil }
    return BinSettings(id: id, position: position, levelSensor: levelSensor)
}

func readRoutes(_ root: YAMLMapping) -> [Read<Route>]? {
    root.required("routes") { list in
        list.list(count: Limits.routeCount) { value in
            value.mapping().flatMap { mapping in readRoute(mapping).map { Read(value: $0, mapping: mapping) } }
        }
    }
}

private func readRoute(_ route: YAMLMapping) -> Route? {
    let stream = route.required("stream") { $0.word(Stream.self) }
    let materials = route.required("materials") { value in
        value.list(count: 1...Material.allCases.count) { readMaterial($0) }
    }
    let bin = route.required("bin") { $0.raw(BinID.self, expected: nameInWords) }
    guard let stream, let materials, let bin else { return nil }
    return Route(stream: stream, materials: Set(materials), bin: bin)
}

/// A material that an item can be known to consist of.
func readMaterial(_ value: YAMLValue) -> Material? {
    guard let material = value.word(Material.self) else { return nil }
    guard material != .unknown else {
        value.place.fail("unknown stands for items that were not recognised; they are handed back")
        return nil
    }
    return material
}

/// Each material of a stream goes to one bin, every route's bin exists, and every bin is reached.
func checkRoutes(_ routes: [Read<Route>], _ bins: [Read<BinSettings>]) {
    let known = Set(bins.map(\.value.id))
    var taken: [Pair: Read<Route>] = [:]
    for route in routes {
        if !known.contains(route.value.bin) {
            route.mapping.place(of: "bin").fail(
                "there is no bin \"\(route.value.bin)\"; the bins are: \(list(bins.map(\.value.id.rawValue)))")
        }
        for material in route.value.materials.sorted(by: { $0.rawValue < $1.rawValue }) {
            let pair = Pair(stream: route.value.stream, material: material)
            if let earlier = taken[pair] {
                route.mapping.place(of: "materials").fail(
                    "\(material.rawValue) for \(pair.stream.rawValue) is already led into the bin "
                        + "\"\(earlier.value.bin)\" by \(earlier.mapping.place.keyPath)")
            } else {
                taken[pair] = route
            }
        }
    }
    let reached = Set(routes.map(\.value.bin))
    for bin in bins where !reached.contains(bin.value.id) {
        bin.mapping.place(of: "id").fail("no route leads into the bin \"\(bin.value.id)\"")
    }
}

private struct Pair: Hashable {
    var stream: Stream
    var material: Material
}

/// Every level sensor watches exactly one bin.
func checkLevelSensors(_ bins: [Read<BinSettings>], _ devices: [DeviceSettings], _ root: YAMLMapping) {
    let watched = bins.filter { $0.value.levelSensor != nil }
    for bin in watched {
        guard let sensor = bin.value.levelSensor else { continue }
        let place = bin.mapping.place(of: "levelSensor")
        switch devices.first(where: { $0.id == sensor })?.driver.role {
        case .binLevel: break
        case nil: place.fail("there is no device \"\(sensor)\"")
        case .evidence, .drive, .remoteIO: place.fail("the device \"\(sensor)\" is not a level sensor")
        }
    }
    forEachRepeated(watched, by: \.value.levelSensor) { bin, first in
        bin.mapping.place(of: "levelSensor").fail(
            "\"\(bin.value.levelSensor?.rawValue ?? "")\" already watches the bin \"\(first.value.id)\"")
    }
    let used = Set(watched.map(\.value.levelSensor))
    for device in devices where device.driver.role == .binLevel && !used.contains(device.id) {
        root.place(of: "bins").fail("no bin names the level sensor \"\(device.id)\"")
    }
}
