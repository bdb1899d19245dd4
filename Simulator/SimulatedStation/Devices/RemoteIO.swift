import Vocabulary

/// Eight inputs and eight outputs on the bus (Waveshare Modbus RTU IO 8CH). Without its supply the outputs are off, and
/// stay off when it is back.
public struct RemoteIO: Hashable, Sendable {
    static let channelCount = 8

    public internal(set) var outputs = [Bool](repeating: false, count: channelCount)

    /// Coils 0 to 7.
    func readOutputs(address: UInt16, count: UInt16) -> RegisterAnswer { Self.read(outputs, address, count) }

    /// Discrete inputs 0 to 7.
    func readInputs(_ levels: [Bool], address: UInt16, count: UInt16) -> RegisterAnswer {
        Self.read(levels, address, count)
    }

    /// The outputs after a write; nil if it goes beyond them.
    func outputs(writing values: [UInt16], at address: UInt16) -> [Bool]? {
        guard !values.isEmpty, Int(address) + values.count <= Self.channelCount else { return nil }
        var levels = outputs
        for (offset, value) in values.enumerated() { levels[Int(address) + offset] = value != 0 }
        return levels
    }

    private static func read(_ levels: [Bool], _ address: UInt16, _ count: UInt16) -> RegisterAnswer {
        guard let range = RegisterRange(address: address, count: count, limit: 2000) else {
            return .exception(.illegalValue)
        }
        return range.answer { levels.indices.contains($0) ? (levels[$0] ? 1 : 0) : nil }
    }
}
