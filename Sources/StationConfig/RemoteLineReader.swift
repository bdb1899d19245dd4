import StrictYAML
import Vocabulary

/// Reads those lines of `gpio` that name a device: they hang on a remote I/O.
///
/// Only lines that may be late, and that harm nobody when they stay as they are after the daemon died, may hang there: a
/// bus is polled, and a remote I/O has no relay that cuts it off. The diverter's position decides where an accepted item
/// goes, so an old level of it must not be believed either.
final class RemoteLineReader {
    private static let permittedInputs: [InputLine] = [.serviceKey]
    private static let permittedOutputs: [OutputLine] = [.lampGreen, .lampRed, .buzzer]
    private static var permitted: String {
        list(permittedInputs.map(\.rawValue) + permittedOutputs.map(\.rawValue))
    }

    private(set) var inputs: [InputLine: RemotePlace] = [:]
    private(set) var outputs: [OutputLine: RemotePlace] = [:]
    private var read: [(place: RemotePlace, mapping: YAMLMapping)] = []
    private var taken: [String: String] = [:]

    /// - Returns: false if the line names no device and is somebody else's to read.
    func takes(_ line: InputLine, _ mapping: YAMLMapping) -> Bool {
        guard mapping.has("device") else { return false }
        guard permit(Self.permittedInputs.contains(line), mapping) else { return true }
        let isActiveLow = mapping.optional("activeLow", absent: false) { $0.bool() }
        guard var place = readPlace(mapping, "input"), let isActiveLow else { return true }
        place.isActiveLow = isActiveLow
        inputs[line] = place
        return true
    }

    /// - Returns: false if the line names no device and is somebody else's to read.
    func takes(_ line: OutputLine, _ mapping: YAMLMapping) -> Bool {
        guard mapping.has("device") else { return false }
        guard permit(Self.permittedOutputs.contains(line), mapping) else { return true }
        outputs[line] = readPlace(mapping, "output")
        return true
    }

    private func permit(_ isPermitted: Bool, _ mapping: YAMLMapping) -> Bool {
        if isPermitted { return true }
        // What else stands there is not judged: the line has to move.
        mapping.disregard()
        mapping.place(of: "device").fail(
            "this line must be on the chip, because a bus is too slow for it and keeps it on when the daemon dies; on "
                + "a remote I/O may be: \(Self.permitted)")
        return false
    }

    private func readPlace(_ mapping: YAMLMapping, _ direction: String) -> RemotePlace? {
        let device = mapping.required("device") { $0.raw(DeviceID.self, expected: nameInWords) }
        let channel = mapping.required("channel") { $0.int(in: Limits.remoteChannel) }
        guard let device, let channel else { return nil }
        let source = mapping.place(of: "channel")
        if let other = taken.updateValue(source.keyPath, forKey: "\(direction) \(channel) \(device)") {
            source.fail("\(direction) \(channel) of \"\(device)\" is already used by \(other)")
            return nil
        }
        let place = RemotePlace(device: device, channel: channel)
        read.append((place, mapping))
        return place
    }

    /// Every line hangs on a remote I/O of the station.
    func check(_ devices: [DeviceSettings]) {
        for (place, mapping) in read {
            let source = mapping.place(of: "device")
            switch devices.first(where: { $0.id == place.device })?.driver.role {
            case .remoteIO: break
            case nil: source.fail("there is no device \"\(place.device)\"")
            case .evidence, .binLevel, .drive: source.fail("the device \"\(place.device)\" is not a remote I/O")
            }
        }
    }
}
