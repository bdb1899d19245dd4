import Modbus
import Vocabulary

/// Waveshare Modbus RTU IO 8CH, eight inputs and eight open-drain outputs. Source: the maker's wiki page; discrete inputs 0
/// to 7, coils 0 to 7; 9600 8N1 and unit 1 as delivered. Its outputs must be in normal mode: in linkage mode they follow
/// its inputs, which shows here as outputs that do not keep what was written.
///
/// With every poll the inputs are read and the outputs looked at: a module that lost its supply has switched them off and
/// gets them again. It has no watchdog of its own: what hangs on it must be harmless when the daemon dies.
public struct WaveshareIO8CH: DeviceDriver {
    public static let channelCount = 8
    static let channels = BitRange(0, count: UInt16(channelCount))

    private enum Phase: Hashable {
        case readingInputs
        case readingOutputs(inputs: [Bool])
        /// Commands may come while the outputs are on their way, so what was written is remembered.
        case writingOutputs([Bool], inputs: [Bool])
        case verifyingOutputs([Bool], inputs: [Bool])
    }

    /// All off until the daemon says otherwise, so that the outputs' state is known from the first contact on.
    private var wanted = [Bool](repeating: false, count: channelCount)
    private var phase = Phase.readingInputs

    public init() {}

    public mutating func want(outputs: [Int: Bool]) {
        for (channel, isOn) in outputs where wanted.indices.contains(channel) { wanted[channel] = isOn }
    }

    public var parting: ModbusRequest? { Self.write([Bool](repeating: false, count: Self.channelCount)) }

    public mutating func begin(_ task: DriverTask, at now: Instant) -> DriverStep {
        phase = .readingInputs
        return .send(.readDiscreteInputs(Self.channels))
    }

    public mutating func next(_ answer: DriverAnswer, at now: Instant) -> DriverStep {
        switch (answer, phase) {
        case (.bits(let inputs), .readingInputs):
            phase = .readingOutputs(inputs: inputs)
            return .send(.readCoils(Self.channels))
        case (.bits(let outputs), .readingOutputs(let inputs)) where outputs == wanted:
            return finish(inputs, outputs, at: now)
        case (.bits, .readingOutputs(let inputs)):
            phase = .writingOutputs(wanted, inputs: inputs)
            return .send(Self.write(wanted))
        case (.written, .writingOutputs(let written, let inputs)):
            phase = .verifyingOutputs(written, inputs: inputs)
            return .send(.readCoils(Self.channels))
        case (.bits(let outputs), .verifyingOutputs(let written, let inputs)):
            return outputs == written ? finish(inputs, outputs, at: now) : .failed(.implausible)
        // Not what was asked for last: begun anew.
        case (.registers, _), (.bits, _), (.written, _), (.pauseOver, _):
            return begin(.poll, at: now)
        }
    }

    private static func write(_ levels: [Bool]) -> ModbusRequest {
        guard let coils = CoilValues(channels.address, levels) else {
            preconditionFailure("\(levels.count) coils do not fit into one request")
        }
        return .writeCoils(coils)
    }

    private func finish(_ inputs: [Bool], _ outputs: [Bool], at now: Instant) -> DriverStep {
        func samples(_ name: String, _ levels: [Bool]) -> [PointSample] {
            levels.enumerated().map { PointSample("\(name)\($0.offset)", .good(.flag($0.element), at: now)) }
        }
        return .done(.remoteInputs(inputs), samples("input", inputs) + samples("output", outputs))
    }
}
