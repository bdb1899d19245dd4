import Modbus
import Vocabulary

/// Any device whose registers a map describes.
///
/// A look reads everything that the map names. A poll is one look. A measurement looks again while the value moves or
/// there is nothing yet, as long as the map's patience lasts. A flag that latched before the item came speaks of
/// something else: it is cleared, and seen to be clear, before a measurement's first look counts.
public struct RegisterMapDriver: DeviceDriver {
    /// A flag may be set anew between its clearing and the look at it; one that is never seen clear is no evidence.
    static let clearingsLimit = 3

    private enum Phase: Hashable {
        case polling
        /// What was latched before the measurement is thrown away.
        case clearing(giveUpAt: Instant, clearings: Int)
        case measuring(giveUpAt: Instant, look: Int)
    }

    /// The map has its own plausible ranges; where 32-bit values stand in its reads follows from it.
    public var commissioning: Commissioning {
        let pairs = map.points.filter { $0.format?.registerCount == 2 && $0.kind != .text }.map(\.span)
        let reads = map.plan.reads.compactMap { read in
            read.request.map { request in
                (request, pairs.filter(read.contains).map { Int($0.address - read.address) })
            }
        }
        return Commissioning(doubleWords: Dictionary(reads) { first, _ in first })
    }

    private let map: RegisterMap
    private let requests: [ModbusRequest]
    private var phase = Phase.polling
    private var image = RegisterImage()
    /// Clears flags, the first is under way.
    private var writes: [ModbusRequest] = []
    /// What comes after the writes; nil: another look.
    private var ending: DriverStep?
    private var zero = ZeroTracking()

    public init(_ map: RegisterMap) {
        self.map = map
        // A plan's reads are within the limits of one request.
        requests = map.plan.reads.compactMap(\.request)
    }

    public mutating func begin(_ task: DriverTask, at now: Instant) -> DriverStep {
        writes = []
        switch task {
        case .poll, .takeReferences:
            phase = .polling
        case .measure:
            let giveUpAt = now + map.patience.timeout
            phase =
                rolePoint?.latch == nil
                ? .measuring(giveUpAt: giveUpAt, look: 1) : .clearing(giveUpAt: giveUpAt, clearings: 0)
            zero.itemArrived()
        }
        return look()
    }

    public mutating func next(_ answer: DriverAnswer, at now: Instant) -> DriverStep {
        switch answer {
        case .registers(let registers):
            return take(registers, at: now)
        case .bits(let bits):
            return take(bits.map { $0 ? 1 : 0 }, at: now)
        case .written:
            // Not what was asked for last: looked anew.
            guard !writes.isEmpty else { return look() }
            writes.removeFirst()
            return writes.first.map { .send($0) } ?? ending ?? look()
        case .pauseOver:
            return look()
        }
    }

    private var rolePoint: RegisterPoint? { map.role.point.flatMap { map.index(of: $0) }.map { map.points[$0] } }

    private mutating func look() -> DriverStep {
        image = RegisterImage()
        return .send(requests[0])
    }

    private mutating func take(_ words: [UInt16], at now: Instant) -> DriverStep {
        guard writes.isEmpty, image.count < requests.count else { return look() }
        image.take(words, of: map.plan.reads[image.count])
        return image.count < requests.count ? .send(requests[image.count]) : lookOver(at: now)
    }

    private mutating func lookOver(at now: Instant) -> DriverStep {
        switch phase {
        case .polling: poll(at: now)
        case .clearing(let giveUpAt, let clearings): clear(giveUpAt: giveUpAt, clearings, at: now)
        case .measuring(let giveUpAt, let look): measure(giveUpAt: giveUpAt, look, at: now)
        }
    }
}

// MARK: What a look is good for

extension RegisterMapDriver {
    private mutating func poll(at now: Instant) -> DriverStep {
        let states = map.states(in: image)
        guard let state = roleState(states) else { return end(.alive, states, at: now) }
        switch map.role {
        case .monitor, .tagReader:
            return end(.alive, states, at: now)
        case .scale:
            if case .good(let gross, at: _) = Self.mass(state, factor: massFactor, at: now) {
                zero.restSeen(gross, at: now)
            }
            return end(.alive, states, at: now)
        case .binLevel:
            return end(.binLevel(Self.level(state, at: now)), states, at: now)
        }
    }

    /// Only the flag of what is measured has to be clear.
    private mutating func clear(giveUpAt: Instant, _ clearings: Int, at now: Instant) -> DriverStep {
        guard let latch = rolePoint?.latch, map.flag(latch, in: image) == true else {
            phase = .measuring(giveUpAt: giveUpAt, look: 1)
            return .pause(until: now + map.patience.interval)
        }
        guard clearings < Self.clearingsLimit else {
            return .done(evidence(.failed(.implausible), at: now), samples(map.states(in: image), at: now))
        }
        phase = .clearing(giveUpAt: giveUpAt, clearings: clearings + 1)
        writes = clearingWrites(of: [latch])
        ending = nil
        return writes.first.map { .send($0) } ?? look()
    }

    private mutating func measure(giveUpAt: Instant, _ look: Int, at now: Instant) -> DriverStep {
        let states = map.states(in: image)
        let state = roleState(states) ?? .nothing
        let mayBeSoon = state == .nothing || state == .failed(.unstable)
        if mayBeSoon, now < giveUpAt, look < map.patience.attempts ?? .max {
            phase = .measuring(giveUpAt: giveUpAt, look: look + 1)
            return .pause(until: now + map.patience.interval)
        }
        return end(evidence(state, at: now), states, at: now)
    }

    /// Clears what was latched, then ends the task.
    private mutating func end(_ result: DriverResult, _ states: [PointState], at now: Instant) -> DriverStep {
        let step = DriverStep.done(result, samples(states, at: now))
        var latches: [RegisterPoint.Latch] = []
        for latch in map.points.compactMap(\.latch) where map.flag(latch, in: image) == true {
            if !latches.contains(where: { $0.point == latch.point }) { latches.append(latch) }
        }
        writes = clearingWrites(of: latches)
        ending = step
        return writes.first.map { .send($0) } ?? step
    }

    /// Bits that share a register are cleared by one write, the others are left as they were read.
    private func clearingWrites(of latches: [RegisterPoint.Latch]) -> [ModbusRequest] {
        var coils: [ModbusRequest] = []
        var registers: [UInt16: UInt16] = [:]
        for flag in latches.compactMap({ map.index(of: $0.point) }).map({ map.points[$0] }) {
            switch flag.source {
            case .coil(let address):
                coils.append(.writeCoil(address: address, isOn: false))
            case .holding(let address, let format):
                guard let register = registers[address] ?? image.words(flag.span)?.first,
                    let cleared = try? format.inserted(0, into: register)
                else { continue }
                registers[address] = cleared
            case .discrete, .input:
                // No flag of a map: they cannot be written.
                continue
            }
        }
        return coils
            + registers.sorted { $0.key < $1.key }.map { .writeHolding(address: $0.key, value: $0.value) }
    }
}

// MARK: What the role makes of its point

extension RegisterMapDriver {
    private func roleState(_ states: [PointState]) -> PointState? {
        map.role.point.flatMap { map.index(of: $0) }.map { states[$0] }
    }

    private func samples(_ states: [PointState], at now: Instant) -> [PointSample] {
        zip(map.points, states).map { PointSample($0.name, unit: $0.unit, $1.measured(at: now)) }
    }

    private var massFactor: Int128 { rolePoint.flatMap { RegisterMap.milligrams[$0.unit] } ?? 1 }

    private func evidence(_ state: PointState, at now: Instant) -> DriverResult {
        switch map.role {
        case .monitor:
            return .alive
        case .scale:
            let baseline = zero.baseline.milligrams
            return .evidence(
                .mass(
                    Self.mass(state, factor: massFactor, at: now).map { Mass(milligrams: $0.milligrams - baseline) }))
        case .tagReader:
            return .evidence(.tag(Self.tag(state, at: now)))
        case .binLevel:
            return .binLevel(Self.level(state, at: now))
        }
    }

    private static func mass(_ state: PointState, factor: Int128, at now: Instant) -> Measured<Mass> {
        if case .failed(let failure) = state { return .failed(failure, at: now) }
        // Beyond it, sums and differences of masses would not fit.
        guard let milligrams = state.rounded(factor: factor), milligrams.magnitude <= massLimitMilligrams else {
            return .failed(.implausible, at: now)
        }
        return .good(Mass(milligrams: milligrams), at: now)
    }

    private static let massLimitMilligrams: UInt64 = 10_000_000_000_000_000

    private static func tag(_ state: PointState, at now: Instant) -> Measured<TagReading> {
        switch state {
        case .failed(let failure):
            return .failed(failure, at: now)
        case .nothing:
            return .good(.noTag, at: now)
        case .exact, .real, .flag, .text:
            guard let number = state.rounded(factor: 1).flatMap({ UInt32(exactly: $0) }) else {
                return .failed(.implausible, at: now)
            }
            return .good(Tag(number: number).map(TagReading.tag) ?? .noTag, at: now)
        }
    }

    private static func level(_ state: PointState, at now: Instant) -> Measured<Int> {
        if case .failed(let failure) = state { return .failed(failure, at: now) }
        guard let percent = state.rounded(factor: 1).map({ Int($0) }), (0...100).contains(percent) else {
            return .failed(.implausible, at: now)
        }
        return .good(percent, at: now)
    }
}
