import Modbus
import Vocabulary

/// The near-infrared head, with a register block of our own (no public one was found): see docs/nir-head.md, and
/// `NIRHeader` and `NIRArrays` for the addresses. Writing 1 to holding register 0 triggers a measurement, writing 2
/// lets the head take its references; the sequence number of each moves when it is done.
public struct NIRHead: DeviceDriver {
    static let commandRegister: UInt16 = 0
    /// Between two looks at the sequence number.
    static let readyInterval: Duration = .milliseconds(20)
    /// A measurement that is not ready by then is given up.
    static let readyTimeout: Duration = .milliseconds(1500)
    /// References take longer: the tile is swung in and out.
    static let referencesTimeout: Duration = .seconds(5)
    /// A measurement by somebody else may overwrite the arrays while they are read: then they are read once more.
    static let readsLimit = 2

    /// What the head is asked to do.
    private enum Job: UInt16, Hashable {
        case measurement = 1
        case references = 2

        var command: ModbusRequest { .writeHolding(address: commandRegister, value: rawValue) }
        var addresses: [UInt16] {
            switch self {
            case .measurement: NIRArrays.addresses
            case .references: NIRArrays.referenceAddresses
            }
        }
        var timeout: Duration {
            switch self {
            case .measurement: readyTimeout
            case .references: referencesTimeout
            }
        }
        func sequence(of header: NIRHeader) -> UInt16 {
            switch self {
            case .measurement: header.sequence
            case .references: header.referenceSequence
            }
        }
    }

    private enum Phase: Hashable {
        case polling
        /// Learning the sequence number before the command.
        case preparing(Job, giveUpAt: Instant)
        case commanding(Job, before: UInt16, giveUpAt: Instant)
        case awaiting(Job, before: UInt16, giveUpAt: Instant)
        case reading(Job, NIRArrays, attempt: Int)
        case verifying(Job, NIRArrays, attempt: Int)
    }

    /// An integration time beyond that of the whole measurement is one read in the wrong order.
    public var commissioning: Commissioning {
        Commissioning(
            plausible: ["integration": 1...Double(Self.readyTimeout.inNanoseconds / 1000)],
            doubleWords: [.readInput(NIRHeader.block): [2]], isDistinctive: true)
    }

    /// The kind declares the bands; a head that tells another is not this device.
    public let kind: NIRHeadKind
    private var phase = Phase.polling

    public init(_ kind: NIRHeadKind) {
        self.kind = kind
    }

    public mutating func begin(_ task: DriverTask, at now: Instant) -> DriverStep {
        switch task {
        case .poll: phase = .polling
        case .measure: phase = .preparing(.measurement, giveUpAt: now + Job.measurement.timeout)
        case .takeReferences: phase = .preparing(.references, giveUpAt: now + Job.references.timeout)
        }
        return Self.look
    }

    public mutating func next(_ answer: DriverAnswer, at now: Instant) -> DriverStep {
        switch answer {
        case .registers(let registers):
            return take(registers, at: now)
        case .written:
            guard case .commanding(let job, let before, let giveUpAt) = phase else { return Self.look }
            phase = .awaiting(job, before: before, giveUpAt: giveUpAt)
            return .pause(until: now + Self.readyInterval)
        case .bits, .pauseOver:
            return Self.look
        }
    }

    private static let look = DriverStep.send(.readInput(NIRHeader.block))

    private mutating func take(_ registers: [UInt16], at now: Instant) -> DriverStep {
        switch phase {
        case .polling:
            guard let header = NIRHeader(registers, of: kind) else { return .failed(.implausible) }
            return .done(.alive, header.samples(at: now))
        case .preparing(let job, let giveUpAt):
            return prepare(job, NIRHeader(registers, of: kind), giveUpAt: giveUpAt, at: now)
        // Only a write is under way then, and it is not answered by registers.
        case .commanding:
            return .failed(.badFrame)
        case .awaiting(let job, let before, let giveUpAt):
            return lookForResult(
                of: job, NIRHeader(registers, of: kind), before: before, giveUpAt: giveUpAt, at: now)
        case .reading(let job, var arrays, let attempt):
            arrays.take(registers)
            return read(job, arrays, attempt: attempt)
        case .verifying(let job, let arrays, let attempt):
            return verify(job, arrays, with: NIRHeader(registers, of: kind), attempt: attempt, at: now)
        }
    }

    /// An item may come while the references are being taken: it waits for them.
    private mutating func prepare(
        _ job: Job, _ header: NIRHeader?, giveUpAt: Instant, at now: Instant
    ) -> DriverStep {
        guard let header else { return fail(job, .implausible, at: now) }
        switch header.status {
        case .lampFault:
            return fail(job, .refused, at: now)
        case .takingReferences where now < giveUpAt:
            return .pause(until: now + Self.readyInterval)
        case .takingReferences:
            return fail(job, .timeout, at: now)
        // A tile that did not move keeps nobody from measuring with the references that there are.
        case .ready, .measuring, .referenceFault:
            phase = .commanding(job, before: job.sequence(of: header), giveUpAt: giveUpAt)
            return .send(job.command)
        }
    }

    private mutating func lookForResult(
        of job: Job, _ header: NIRHeader?, before: UInt16, giveUpAt: Instant, at now: Instant
    ) -> DriverStep {
        guard let header else { return fail(job, .implausible, at: now) }
        switch (header.status, job) {
        case (.lampFault, _), (.referenceFault, .references):
            return fail(job, .refused, at: now)
        case (.ready, _) where job.sequence(of: header) != before,
            (.referenceFault, .measurement) where job.sequence(of: header) != before:
            return read(job, NIRArrays(header, addresses: job.addresses), attempt: 1)
        case (.ready, _), (.measuring, _), (.takingReferences, _), (.referenceFault, .measurement):
            return now < giveUpAt ? .pause(until: now + Self.readyInterval) : fail(job, .timeout, at: now)
        }
    }

    /// Asks for the next chunk, or for the header once more when all are there.
    private mutating func read(_ job: Job, _ arrays: NIRArrays, attempt: Int) -> DriverStep {
        guard let chunk = arrays.nextChunk else {
            phase = .verifying(job, arrays, attempt: attempt)
            return Self.look
        }
        phase = .reading(job, arrays, attempt: attempt)
        return .send(.readInput(chunk))
    }

    private mutating func verify(
        _ job: Job, _ arrays: NIRArrays, with header: NIRHeader?, attempt: Int, at now: Instant
    ) -> DriverStep {
        guard let header else { return fail(job, .implausible, at: now) }
        guard header == arrays.header else {
            let isIdle = header.status == .ready || header.status == .referenceFault
            guard attempt < Self.readsLimit, isIdle else { return fail(job, .unstable, at: now) }
            return read(job, arrays.again(header), attempt: attempt + 1)
        }
        switch job {
        case .measurement:
            guard let spectrum = arrays.spectrum else { return fail(job, .implausible, at: now) }
            return .done(.evidence(.spectrum(.good(spectrum, at: now))))
        case .references:
            guard let references = arrays.references else { return fail(job, .implausible, at: now) }
            return .done(.references(.good(references, at: now)))
        }
    }

    private func fail(_ job: Job, _ failure: ReadingFailure, at now: Instant) -> DriverStep {
        switch job {
        case .measurement: .done(.evidence(.spectrum(.failed(failure, at: now))))
        case .references: .done(.references(.failed(failure, at: now)))
        }
    }
}
