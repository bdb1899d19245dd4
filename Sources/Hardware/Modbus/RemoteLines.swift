import Station
import StationConfig
import Vocabulary

/// The station's lines that hang on one remote I/O: which of its readings are worth an event.
///
/// A module that is given up takes all its lines with it, and brings them back when it answers as it should.
struct RemoteLines: Hashable, Sendable {
    let inputs: [InputLine: RemotePlace]
    let outputs: [OutputLine: RemotePlace]
    private var told: [InputLine: Bool] = [:]
    private var haveFailed = false

    init(inputs: [InputLine: RemotePlace] = [:], outputs: [OutputLine: RemotePlace] = [:]) {
        self.inputs = inputs
        self.outputs = outputs
    }

    /// Those of the station's lines that hang on this device.
    init(of device: DeviceID, _ lines: LineSettings) {
        self.init(
            inputs: lines.remoteInputs.filter { $0.value.device == device },
            outputs: lines.remoteOutputs.filter { $0.value.device == device })
    }

    private var names: [String] {
        InputLine.allCases.filter { inputs[$0] != nil }.map(\.rawValue)
            + OutputLine.allCases.filter { outputs[$0] != nil }.map(\.rawValue)
    }

    /// The module answered with these levels at its inputs, by channel.
    mutating func take(_ levels: [Bool]) -> [StationEvent] {
        let recovered = haveFailed ? names.map { StationEvent.lineWorked($0) } : []
        haveFailed = false
        let changes = InputLine.allCases.compactMap { line -> StationEvent? in
            guard let place = inputs[line], levels.indices.contains(place.channel) else { return nil }
            let isActive = levels[place.channel] != place.isActiveLow
            guard told.updateValue(isActive, forKey: line) != isActive else { return nil }
            return .lineChanged(line, isActive: isActive)
        }
        return recovered + changes
    }

    /// The module was given up.
    mutating func lost() -> [StationEvent] {
        guard !haveFailed else { return [] }
        haveFailed = true
        return names.map { .lineFailed($0) }
    }
}
