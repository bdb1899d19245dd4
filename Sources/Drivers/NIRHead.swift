import Modbus
import Vocabulary

/// The near-infrared head, with a register block of our own (no public one was found): see `NIRHeader` and `NIRArrays`
/// for the addresses. Writing 1 to holding register 0 triggers a measurement; the sequence number moves when it is
/// done.
public struct NIRHead: DeviceDriver {
    static let trigger = ModbusRequest.writeHolding(address: 0, value: 1)
    /// Between two looks at the sequence number.
    static let readyInterval: Duration = .milliseconds(20)
    /// A measurement that is not ready by then is given up.
    static let readyTimeout: Duration = .milliseconds(1500)
    /// A measurement by somebody else may overwrite the arrays while they are read: then they are read once more.
    static let readsLimit = 2

    private enum Phase: Hashable {
        case polling
        /// Learning the sequence number before the trigger.
        case preparing(giveUpAt: Instant)
        case triggering(before: UInt16, giveUpAt: Instant)
        case awaiting(before: UInt16, giveUpAt: Instant)
        case reading(NIRArrays, attempt: Int)
        case verifying(NIRArrays, attempt: Int)
    }

    /// An integration time beyond that of the whole measurement is one read in the wrong order.
    public var commissioning: Commissioning {
        Commissioning(
            plausible: ["integration": 1...Double(Self.readyTimeout.inNanoseconds / 1000)],
            doubleWords: [.readInput(NIRHeader.block): [2]], isDistinctive: true)
    }

    private var phase = Phase.polling

    public init() {}

    public mutating func begin(_ task: DriverTask, at now: Instant) -> DriverStep {
        switch task {
        case .poll: phase = .polling
        case .measure: phase = .preparing(giveUpAt: now + Self.readyTimeout)
        }
        return .send(.readInput(NIRHeader.block))
    }

    public mutating func next(_ answer: DriverAnswer, at now: Instant) -> DriverStep {
        switch answer {
        case .registers(let registers):
            return take(registers, at: now)
        case .written:
            guard case .triggering(let before, let giveUpAt) = phase else { return .send(.readInput(NIRHeader.block)) }
            phase = .awaiting(before: before, giveUpAt: giveUpAt)
            return .pause(until: now + Self.readyInterval)
        case .bits, .pauseOver:
            return .send(.readInput(NIRHeader.block))
        }
    }

    private mutating func take(_ registers: [UInt16], at now: Instant) -> DriverStep {
        switch phase {
        case .polling:
            guard let header = NIRHeader(registers) else { return .failed(.implausible) }
            return .done(.alive, header.samples(at: now))
        case .preparing(let giveUpAt):
            guard let header = NIRHeader(registers) else { return fail(.implausible, at: now) }
            guard header.status != .lampFault else { return fail(.refused, at: now) }
            phase = .triggering(before: header.sequence, giveUpAt: giveUpAt)
            return .send(Self.trigger)
        // Only a write is under way then, and it is not answered by registers.
        case .triggering:
            return .failed(.badFrame)
        case .awaiting(let before, let giveUpAt):
            return lookForResult(NIRHeader(registers), before: before, giveUpAt: giveUpAt, at: now)
        case .reading(var arrays, let attempt):
            arrays.take(registers)
            return read(arrays, attempt: attempt)
        case .verifying(let arrays, let attempt):
            return verify(arrays, with: NIRHeader(registers), attempt: attempt, at: now)
        }
    }

    private mutating func lookForResult(
        _ header: NIRHeader?, before: UInt16, giveUpAt: Instant, at now: Instant
    ) -> DriverStep {
        guard let header else { return fail(.implausible, at: now) }
        switch header.status {
        case .lampFault:
            return fail(.refused, at: now)
        case .ready where header.sequence != before:
            return read(NIRArrays(header), attempt: 1)
        case .ready, .measuring:
            return now < giveUpAt ? .pause(until: now + Self.readyInterval) : fail(.timeout, at: now)
        }
    }

    /// Asks for the next chunk, or for the header once more when all are there.
    private mutating func read(_ arrays: NIRArrays, attempt: Int) -> DriverStep {
        guard let chunk = arrays.nextChunk else {
            phase = .verifying(arrays, attempt: attempt)
            return .send(.readInput(NIRHeader.block))
        }
        phase = .reading(arrays, attempt: attempt)
        return .send(.readInput(chunk))
    }

    private mutating func verify(
        _ arrays: NIRArrays, with header: NIRHeader?, attempt: Int, at now: Instant
    ) -> DriverStep {
        guard let header else { return fail(.implausible, at: now) }
        guard header == arrays.header else {
            guard attempt < Self.readsLimit, header.status == .ready else { return fail(.unstable, at: now) }
            return read(NIRArrays(header), attempt: attempt + 1)
        }
        guard let spectrum = arrays.spectrum else { return fail(.implausible, at: now) }
        return .done(.evidence(.spectrum(.good(spectrum, at: now))))
    }

    private func fail(_ failure: ReadingFailure, at now: Instant) -> DriverStep {
        .done(.evidence(.spectrum(.failed(failure, at: now))))
    }
}

/// The head's input registers 0 to 5: sequence number, status, integration time in microseconds (high word first),
/// number of bands, kind.
struct NIRHeader: Hashable, Sendable {
    static let block = RegisterRange(0, count: 6)
    static let bandsLimit = 160

    enum Status: UInt16, Hashable, Sendable {
        case ready = 0
        case measuring, lampFault
    }

    let sequence: UInt16
    let status: Status
    let integrationMicroseconds: UInt32
    let bands: Int

    /// Nil if this cannot be a head: an unknown status or kind (1 spectrometer, 2 LEDs), no or too many bands.
    init?(_ registers: [UInt16]) {
        guard let status = Status(rawValue: registers[1]),
            (1...Self.bandsLimit).contains(Int(registers[4])), (1...2).contains(registers[5])
        else { return nil }
        sequence = registers[0]
        self.status = status
        integrationMicroseconds = doubleWord(registers[2], registers[3])
        bands = Int(registers[4])
    }

    func samples(at now: Instant) -> [PointSample] {
        [
            PointSample("lamp", .good(.flag(status != .lampFault), at: now)),
            PointSample("sequence", .good(.number(Double(sequence)), at: now)),
            PointSample("integration", unit: "us", .good(.number(Double(integrationMicroseconds)), at: now)),
            PointSample("bands", .good(.number(Double(bands)), at: now)),
        ]
    }
}

/// The head's four arrays while they are being read: wavelengths in 0.1 nm from 10, raw signal from 256, white
/// reference from 512, dark reference from 768.
struct NIRArrays: Hashable, Sendable {
    static let addresses: [UInt16] = [10, 256, 512, 768]

    let header: NIRHeader
    private var remaining: [RegisterRange]
    private var registers: [UInt16] = []

    init(_ header: NIRHeader) {
        self.header = header
        remaining = Self.addresses.flatMap { RegisterRange.chunks(from: $0, count: header.bands) }
    }

    var nextChunk: RegisterRange? { remaining.first }

    mutating func take(_ chunk: [UInt16]) {
        registers += chunk
        remaining.removeFirst()
    }

    /// Nil unless everything was read and the wavelengths ascend.
    var spectrum: Spectrum? {
        let bands = header.bands
        guard registers.count == Self.addresses.count * bands else { return nil }
        let parts = (0..<Self.addresses.count).map { Array(registers[$0 * bands..<($0 + 1) * bands]) }
        guard zip(parts[0], parts[0].dropFirst()).allSatisfy(<) else { return nil }
        return Spectrum(
            wavelengthsDecinanometres: parts[0], raw: parts[1], white: parts[2], dark: parts[3],
            integrationMicroseconds: header.integrationMicroseconds)
    }
}
