import StrictYAML
import Vocabulary

/// One entry of `faults`: when (`at` or `item`), what (`fault`) and what belongs to it.
struct FaultReader {
    let bins: [BinSettings]
    let itemsCount: Int

    enum Name: String, CaseIterable {
        case device, inputStuck, inputFreed, scaleNoise, diverterStuck, diverterFreed, lampFailed, lampWorked
        case emergencyStopPressed, emergencyStopReleased, doorOpened, doorClosed, serviceKeyTurned, serviceKeyReturned
        case binFilled, driveFault, supplyLost, headDrift, tileStuck, tileFreed
    }

    func read(_ map: YAMLMapping) -> TimedFault? {
        let moment = moment(map)
        let name = map.required("fault") { $0.word(Name.self) }
        guard let name, let fault = fault(name, map), let moment else { return nil }
        return TimedFault(moment, fault)
    }

    private func moment(_ map: YAMLMapping) -> TimedFault.Moment? {
        switch map.oneOf(["at", "item"]) {
        case "at": map.required("at") { $0.duration(in: ScenarioReader.delayRange) }.map { .time($0) }
        case "item": map.required("item") { $0.int(in: 0...max(0, itemsCount - 1)) }.map { .item($0) }
        case nil: nil
        case .some: nil  // oneOf answers only with keys that it was given.
        }
    }

    private func fault(_ name: Name, _ map: YAMLMapping) -> SimulatedFault? {
        switch name {
        case .device: return deviceFault(map)
        case .inputStuck:
            let line = map.required("line") { $0.word(InputLine.self) }
            let isActive = map.required("active") { $0.bool() }
            guard let line, let isActive else { return nil }
            return .inputStuck(line, isActive: isActive)
        case .inputFreed:
            return map.required("line") { $0.word(InputLine.self) }.map { .inputStuck($0, isActive: nil) }
        case .scaleNoise: return map.required("factor") { $0.int(in: 1...1000) }.map { .scaleNoise(factor: $0) }
        case .diverterStuck: return .diverterStuck(true)
        case .diverterFreed: return .diverterStuck(false)
        case .lampFailed: return .lampFailed(true)
        case .lampWorked: return .lampFailed(false)
        case .emergencyStopPressed: return .emergencyStop(isPressed: true)
        case .emergencyStopReleased: return .emergencyStop(isPressed: false)
        case .doorOpened: return .door(isOpen: true)
        case .doorClosed: return .door(isOpen: false)
        case .serviceKeyTurned: return .serviceKey(isTurned: true)
        case .serviceKeyReturned: return .serviceKey(isTurned: false)
        case .binFilled:
            let bin = map.required("bin", knownBin)
            let percent = map.required("level") { $0.percent() }
            guard let bin, let percent else { return nil }
            return .binFilled(bin, percent: percent)
        case .supplyLost: return map.required("device", knownDevice).map { .supplyLost($0) }
        case .headDrift:
            return map.required("permille") { $0.int(in: 0...1000) }.map { .headDrift(permillePerHour: $0) }
        case .tileStuck: return .tileStuck(true)
        case .tileFreed: return .tileStuck(false)
        case .driveFault: return map.required("code") { $0.int(in: 0...255) }.map { .driveFault(code: UInt8($0)) }
        }
    }

    private func deviceFault(_ map: YAMLMapping) -> SimulatedFault? {
        let device = map.required("device", knownDevice)
        let condition = map.required("condition") { $0.word(DeviceCondition.self) }
        guard let device, let condition else { return nil }
        return .device(device, condition)
    }

    private func knownDevice(_ value: YAMLValue) -> SimulatedDevice? {
        guard let text = value.string() else { return nil }
        let known =
            [.remoteIO]
            + ReferenceStation.devices.values.filter { device in
                if case .binLevel(let bin) = device { bins.contains { $0.id == bin } } else { true }
            }
        guard let device = known.first(where: { $0.name == text }) else {
            let names = known.map(\.name).sorted().joined(separator: ", ")
            value.place.fail("\"\(text)\" is no device; there are: \(names)")
            return nil
        }
        return device
    }

    private func knownBin(_ value: YAMLValue) -> BinID? {
        guard let text = value.string() else { return nil }
        guard let bin = bins.first(where: { $0.id.rawValue == text }) else {
            value.place.fail("\"\(text)\" is no bin; there are: \(bins.map(\.id.rawValue).joined(separator: ", "))")
            return nil
        }
        return bin.id
    }
}
