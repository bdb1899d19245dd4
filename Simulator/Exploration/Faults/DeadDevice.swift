import SimulatedStation
import Vocabulary

extension FaultKind {
    /// A device falls silent, is busy or answers rubbish for a while.
    static let deadDevice = FaultKind("dead-device", everyPassages: 30) { exploration, random in
        let devices: [SimulatedDevice] = [
            .scale, .tagReader, .nirHead, .drive, .binLevel("reuse"), .binLevel("plastic"),
        ]
        let conditions: [DeviceCondition] = [.silent, .busy, .badChecksum]
        let device = devices[Int(random.next() % UInt64(devices.count))]
        let condition = conditions[Int(random.next() % 3)]
        exploration.inject(
            .device(device, condition), thenAfter: random.duration(in: .seconds(3)...(.seconds(40))),
            .device(device, .working))
    }
}
