import Vocabulary

/// What hangs on the remote I/O.
extension StationWorld {
    /// The levels at its inputs, by channel.
    var remoteLevels: [Bool] {
        let wired = ReferenceStation.remoteInputs.map { level(of: $0) }
        return wired + [Bool](repeating: false, count: RemoteIO.channelCount - wired.count)
    }

    mutating func writeRemoteOutputs(address: UInt16, values: [UInt16]) -> RegisterAnswer {
        guard let remoteIO else { return .silence }
        guard let levels = remoteIO.outputs(writing: values, at: address) else { return .exception(.illegalAddress) }
        switchRemoteOutputs(to: levels)
        process()
        return .values([])
    }

    /// By the caller follows whatever comes of it.
    mutating func switchRemoteOutputs(to levels: [Bool]) {
        guard remoteIO != nil else { return }
        remoteIO?.outputs = levels
        for (line, isOn) in zip(ReferenceStation.remoteOutputs, levels) { outputs[line.ordinal] = isOn }
    }
}
