import Station
import StationConfig
import StationPorts
import StationRuntime
import TestSupport
import Testing
import Vocabulary

@testable import Hardware
@testable import SimulatedBus

/// Lines that hang on a remote I/O, over a real serial bus.
@Suite(.timeLimit(.minutes(hangLimitMinutes)))
struct RemoteModuleTests {
    /// The lines of the chip, which none of the remote ones may reach.
    private final class LocalLines: LinePort {
        var levels: [OutputLine: Bool] = [:]
        var isSafe = false
        var pollDescriptors: [Int32] { [7] }
        var nextDeadline: Instant? { .at(5) }
        var counters: [InputLine: LineCounters] { [.presence: LineCounters()] }
        func takeChanges(at now: Instant, ready: ReadyDescriptors) -> [LineChange] {
            [.level(.presence, isActive: true)]
        }
        func set(_ lines: [OutputLine], isOn: Bool) -> [OutputLine: PortError] {
            for line in lines { levels[line] = isOn }
            return [:]
        }
        func makeSafe() { isSafe = true }
    }

    private static let lines = LineSettings(
        backend: .socket(path: "-"), inputs: [:], outputs: [:],
        remoteInputs: [.serviceKey: RemotePlace(device: "io", channel: 2)],
        remoteOutputs: [
            .lampGreen: RemotePlace(device: "io", channel: 0), .buzzer: RemotePlace(device: "io", channel: 7),
        ])
    private let log = EventLog()

    /// - Parameter patience: a slave that answers has it even on a busy machine; one that is silent lets it pass.
    private func buses(_ path: String, patience: Duration) -> FieldBuses {
        let bus = BusSettings(
            id: "rtu", transport: .rtu(path: path, baud: 19200, parity: .none, stopBits: 2),
            responseTimeout: patience, gap: .zero)
        let module = DeviceSettings(
            id: "io", bus: "rtu", unit: 1, driver: .waveshareIO8CH, period: .milliseconds(50))
        return FieldBuses(
            settings: HardwareSettings(lines: Self.lines, buses: [bus], devices: [module]), bins: [],
            conveyorSpeedCentihertz: 2500, sink: log, clock: SystemClock(), logger: silentLogger)
    }

    @Test func `lamps are switched over the bus, given back after a lost supply, and off at the end`() async throws {
        let folder = try TemporaryFolder()
        let (written, continuation) = AsyncStream.makeStream(of: [Int].self)
        let eight = Dictionary(uniqueKeysWithValues: (UInt16(0)..<8).map { ($0, UInt16(0)) })
        let module = RegisterUnit([.coils: eight, .discreteInputs: eight]) { unit, address, _ in
            if address == 7 { continuation.yield((0..<8).filter { unit.value(.coils, UInt16($0)) == 1 }) }
        }
        let slaves = try RTUSlaveBus(linkPath: "\(folder.path)/bus", units: [1: module], logger: silentLogger)
        try slaves.start()
        defer { slaves.stop() }
        let buses = buses("\(folder.path)/bus", patience: .seconds(20))
        buses.start()
        defer { buses.stop() }
        let local = LocalLines()
        let lines = RoutedLines(local, Self.lines, buses: buses)
        var writes = written.makeAsyncIterator()

        try await log.first(.lineChanged(.serviceKey, isActive: false))
        try lines.set(.lampGreen, isOn: true)
        #expect(await writes.next() == [0])
        #expect(lines.set([.gate, .lampGreen], isOn: true).isEmpty)
        #expect(local.levels == [.gate: true])
        module.set(.discreteInputs, 2, 1)
        try await log.first(.lineChanged(.serviceKey, isActive: true))

        module.set(.coils, 0, 0)
        #expect(await writes.next() == [0])
        try lines.set(.buzzer, isOn: true)
        #expect(await writes.next() == [0, 7])
        lines.makeSafe()
        #expect(local.isSafe)
        #expect(await writes.next() == [])
        try lines.set(.buzzer, isOn: true)
        #expect(await writes.next() == [7])

        buses.stop()
        #expect(await writes.next() == [])
        #expect(throws: PortError.self) { try lines.set(.lampGreen, isOn: true) }
        #expect(lines.counters == [.presence: LineCounters()])
        #expect(lines.pollDescriptors == [7] && lines.nextDeadline == .at(5))
        #expect(lines.takeChanges(at: .zero) == [.level(.presence, isActive: true)])
    }

    @Test func `a module that falls silent takes its lines with it, and brings them back`() async throws {
        let folder = try TemporaryFolder()
        let eight = Dictionary(uniqueKeysWithValues: (UInt16(0)..<8).map { ($0, UInt16(0)) })
        let module = RegisterUnit([.coils: eight, .discreteInputs: eight])
        let slaves = try RTUSlaveBus(linkPath: "\(folder.path)/bus", units: [1: module], logger: silentLogger)
        try slaves.start()
        defer { slaves.stop() }
        let buses = buses("\(folder.path)/bus", patience: .milliseconds(200))
        buses.start()
        defer { buses.stop() }
        try await log.first(.deviceFound("io"))
        module.answerAlways(.silence)
        try await log.first(.lineFailed("serviceKey"))
        try await log.first(.lineFailed("buzzer"))
        module.answerAlways(nil)
        try await log.first(.lineWorked("serviceKey"))
        try await log.first(.lineWorked("buzzer"))
    }
}
