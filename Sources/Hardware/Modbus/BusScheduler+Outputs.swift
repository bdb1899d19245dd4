import Modbus
import Vocabulary

/// What is commanded to remote outputs.
extension BusScheduler {
    /// Changes what outputs of a remote I/O are to be, by channel. A device that is not lost is served as soon as the bus
    /// is free; one that is gets them when it is back.
    mutating func command(_ outputs: [Int: Bool], of device: DeviceID) {
        guard let index = devices.firstIndex(where: { $0.settings.id == device }) else { return }
        devices[index].driver.want(outputs: outputs)
        devices[index].isCommanded = true
    }

    /// One last request to a device.
    struct Parting {
        var device: DeviceID
        var unit: UInt8
        var request: ModbusRequest
        var timing: ExchangeTiming
    }

    /// What is sent before the bus is given up for good: devices that are not lost are left in their safe state.
    var partings: [Parting] {
        guard case .up = connection else { return [] }
        return devices.compactMap { device in
            guard !device.isLost, let request = device.driver.parting else { return nil }
            return Parting(
                device: device.settings.id, unit: device.settings.unit, request: request,
                timing: timing.exchange(request, with: device.settings))
        }
    }
}
