import StrictYAML
import Vocabulary

/// Reads `bins`, `routes` and `intake`.
///
/// - Parameter devices: nil if they could not be read; the rules about them are then left out.
func readIntake(_ root: YAMLMapping, devices: [DeviceSettings]?) -> IntakeSettings? {
    let bins = readBins(root)
    let routes = readRoutes(root)
    if let bins, let devices { checkLevelSensors(bins, devices, root) }
    if let bins, let routes { checkRoutes(routes, bins) }
    let policy = root.required("intake") { $0.mapping { readPolicy($0, devices: devices) } }
    guard let bins, let routes, var intake = policy else { return nil }
    intake.bins = bins.map(\.value)
    intake.routes = routes.map(\.value)
    intake.nirHead = devices?.compactMap(\.driver.nirHeadKind).first
    return intake
}

/// Bins and routes are still missing in the answer.
private func readPolicy(_ mapping: YAMLMapping, devices: [DeviceSettings]?) -> IntakeSettings? {
    var intake = IntakeSettings(bins: [], routes: [])
    let policy = mapping.optional("binFullPolicy", absent: intake.binFullPolicy) { $0.word(BinFullPolicy.self) }
    let full = mapping.optional("binFullLevel", absent: intake.binFullLevelPercent) { $0.percent(in: 1...100) }
    let free = mapping.optional("binFreeLevel", absent: intake.binFreeLevelPercent) { $0.percent(in: 0...99) }
    let sources = readSources(mapping, devices: devices)
    let required = readRequiredDevices(mapping, devices: devices)
    let windows = mapping.optional("windows", absent: intake.windows) { $0.mapping(readWindows) }
    let attempts = mapping.optional("jamClearingAttempts", absent: intake.jamClearingAttempts) {
        $0.int(in: Limits.jamClearingAttempts)
    }
    let unconfirmed = mapping.optional("consecutiveUnconfirmedLimit", absent: intake.consecutiveUnconfirmedLimit) {
        $0.int(in: Limits.consecutiveUnconfirmedLimit)
    }
    let placements = mapping.optional("placements", absent: intake.placements) { $0.int(in: Limits.placements) }
    let knownItemsAfter = mapping.optional("knownItemsAfter", absent: 0) { $0.int(in: Limits.sequence) }
    guard let policy, let full, let free, let sources, let required, let windows, let attempts, let unconfirmed,
        let placements, let knownItemsAfter
    else { return nil }
    if free >= full {
        mapping.place(of: "binFreeLevel").fail("\(free) % is not below binFullLevel, which is \(full) %")
    }
    intake.binFullPolicy = policy
    intake.binFullLevelPercent = full
    intake.binFreeLevelPercent = free
    intake.evidenceSources = sources
    intake.requiredDevices = required
    intake.windows = windows
    intake.jamClearingAttempts = attempts
    intake.consecutiveUnconfirmedLimit = unconfirmed
    intake.placements = placements
    intake.knownItemsAfter = Int64(knownItemsAfter)
    return intake
}

/// The sources that are awaited for each item: those named, or else all that have a device.
private func readSources(_ intake: YAMLMapping, devices: [DeviceSettings]?) -> Set<EvidenceSource>? {
    let present = Set(
        (devices ?? []).compactMap { device -> EvidenceSource? in
            switch device.driver.role {
            case .evidence(let source): source
            case .binLevel, .drive, .remoteIO, .monitor: nil
            }
        })
    let named = intake.optional("evidence", absent: nil) { value in
        value.list(count: 1...EvidenceSource.allCases.count) { $0.word(EvidenceSource.self) }.map(Optional.some)
    }
    guard let named else { return nil }
    guard devices != nil else { return [] }
    let place = intake.place(of: "evidence")
    for source in named ?? [] where !present.contains(source) {
        place.fail("\(source.rawValue) is to be awaited, but no device of that kind is configured")
    }
    if present.isEmpty {
        place.fail("none of the devices gives evidence of an item; a scale, a tag reader or a nir-head is needed")
    }
    return named.map { Set($0) } ?? present
}

private func readRequiredDevices(_ intake: YAMLMapping, devices: [DeviceSettings]?) -> Set<DeviceID>? {
    let known = Set((devices ?? []).map(\.id))
    return intake.optional("requiredDevices", absent: []) { value in
        value.list { name -> DeviceID? in
            guard let id = name.raw(DeviceID.self, expected: nameInWords) else { return nil }
            if devices != nil, !known.contains(id) {
                name.place.fail(
                    "there is no device \"\(id)\"; the devices are: \(list((devices ?? []).map(\.id.rawValue)))")
            }
            return id
        }.map { Set($0) }
    }
}

private func readWindows(_ mapping: YAMLMapping) -> IntakeSettings.Windows? {
    typealias Windows = IntakeSettings.Windows
    func bound(_ least: Int, _ greatest: Int) -> ClosedRange<Duration> {
        .milliseconds(least)...(.milliseconds(greatest))
    }
    let rows: [(key: String, path: WritableKeyPath<Windows, Duration>, bound: ClosedRange<Duration>)] = [
        ("entering", \.entering, bound(1000, 60_000)),
        ("settling", \.settling, bound(50, 5000)),
        ("measuring", \.measuring, bound(100, 30_000)),
        ("shifting", \.shifting, bound(50, 1000)),
        ("storing", \.storing, bound(500, 30_000)),
        ("diverting", \.diverting, bound(100, 30_000)),
        ("transit", \.transit, bound(500, 60_000)),
        ("beamClear", \.beamClear, bound(100, 60_000)),
        ("drop", \.drop, bound(100, 60_000)),
        ("guarding", \.guarding, bound(50, 5000)),
        ("handBack", \.handBack, bound(500, 60_000)),
        ("taking", \.taking, bound(1000, 300_000)),
        ("clearing", \.clearing, bound(100, 30_000)),
        ("draining", \.draining, bound(1000, 300_000)),
    ]
    var windows = Windows()
    var isComplete = true
    for row in rows {
        let read = mapping.optional(row.key, absent: windows[keyPath: row.path]) { $0.duration(in: row.bound) }
        if let read { windows[keyPath: row.path] = read } else { isComplete = false }
    }
    return isComplete ? windows : nil
}
