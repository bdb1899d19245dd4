import Modbus
import Vocabulary

/// Laumas TLB4 weight transmitter. Source: the maker's protocol manual; addresses are 0-based (register - 40001).
public struct LaumasTLB4: DeviceDriver {
    /// Between two looks at the stable bit.
    static let stableInterval: Duration = .milliseconds(30)
    /// A weight that has not settled by then is given up.
    static let stableTimeout: Duration = .milliseconds(1500)
    /// Status 40007, gross 40008-9, net 40010-11, peak 40012-13, division and unit 40014.
    static let weightBlock = RegisterRange(6, count: 8)

    private enum Phase: Hashable {
        case polling
        case weighing(giveUpAt: Instant)
    }

    /// Gross, net and peak are pairs. No packaging weighs more than 25 kg, and a tare is less.
    public var commissioning: Commissioning {
        Commissioning(
            plausible: ["gross": -25_000...25_000], doubleWords: [.readHolding(Self.weightBlock): [1, 3, 5]],
            isDistinctive: true)
    }

    private var phase = Phase.polling
    private var zero = ZeroTracking()

    public init() {}

    public mutating func begin(_ task: DriverTask, at now: Instant) -> DriverStep {
        switch task {
        case .poll, .takeReferences:
            phase = .polling
        case .measure:
            phase = .weighing(giveUpAt: now + Self.stableTimeout)
            zero.itemArrived()
        }
        return .send(.readHolding(Self.weightBlock))
    }

    public mutating func next(_ answer: DriverAnswer, at now: Instant) -> DriverStep {
        switch (answer, phase) {
        case (.bits, _), (.written, _), (.pauseOver, _):
            return .send(.readHolding(Self.weightBlock))
        case (.registers(let registers), .polling):
            let weight = Self.decode(registers)
            if case .settled(let gross) = weight { zero.restSeen(gross, at: now) }
            return .done(.alive, [Self.sample(weight, at: now)])
        case (.registers(let registers), .weighing(let giveUpAt)):
            return weigh(Self.decode(registers), giveUpAt: giveUpAt, at: now)
        }
    }

    /// The gross weight, as it stands on the display.
    private static func sample(_ weight: Weight, at now: Instant) -> PointSample {
        let value: Measured<PointValue> =
            switch weight {
            case .settled(let gross): .good(.number(Double(gross.milligrams) / 1000), at: now)
            case .moving: .failed(.unstable, at: now)
            case .faulty: .failed(.implausible, at: now)
            }
        return PointSample("gross", unit: "g", value)
    }

    private func weigh(_ weight: Weight, giveUpAt: Instant, at now: Instant) -> DriverStep {
        switch weight {
        case .settled(let gross):
            let net = Mass(milligrams: gross.milligrams - zero.baseline.milligrams)
            return .done(.evidence(.mass(.good(net, at: now))), [Self.sample(weight, at: now)])
        case .moving where now < giveUpAt:
            return .pause(until: now + Self.stableInterval)
        case .moving:
            return .done(.evidence(.mass(.failed(.unstable, at: now))))
        case .faulty:
            return .done(.evidence(.mass(.failed(.implausible, at: now))))
        }
    }
}

extension LaumasTLB4 {
    /// What the weight block says.
    enum Weight: Hashable, Sendable {
        /// Gross, before any tare of ours.
        case settled(Mass)
        case moving
        /// The cell, the converter or the setup is at fault: there is no weight.
        case faulty
    }

    /// Bits of the status register: cell error, converter fault, overload.
    private static let faultMask: UInt16 = 1 << 0 | 1 << 1 | 1 << 2
    private static let stableMask: UInt16 = 1 << 12

    /// Decodes `weightBlock`. Gross is a signed 32-bit count of the last decimal that the display shows, which follows
    /// from the division: with a division of 0.2 g one count is 0.1 g, with a division of 2 g it is 1 g.
    static func decode(_ registers: [UInt16]) -> Weight {
        let status = registers[0]
        guard status & faultMask == 0,
            let count = micrograms(ofCountIn: registers[7])
        else { return .faulty }
        guard status & stableMask != 0 else { return .moving }
        let gross = Int64(Int32(bitPattern: doubleWord(registers[1], registers[2])))
        let micrograms = gross * count
        let rounding: Int64 = micrograms < 0 ? -500 : 500
        return .settled(Mass(milligrams: (micrograms + rounding) / 1000))
    }

    /// What one count is worth, in micrograms: low byte the division's code (0...18 for 100, 50, 20 ... 0.0001), high
    /// byte the unit (0 kg, 1 g). Nil for what a scale of ours is never set to.
    static func micrograms(ofCountIn divisionAndUnit: UInt16) -> Int64? {
        let decimals: Int
        switch divisionAndUnit & 0xFF {
        case 0...6: decimals = 0
        case 7...9: decimals = 1
        case 10...12: decimals = 2
        case 13...15: decimals = 3
        case 16...18: decimals = 4
        default: return nil
        }
        let fractions: [Int64] = [1, 10, 100, 1000, 10_000]
        switch divisionAndUnit >> 8 {
        case 0: return 1_000_000_000 / fractions[decimals]
        case 1: return 1_000_000 / fractions[decimals]
        default: return nil
        }
    }
}

/// Follows the empty scale's slow drift, but takes no item for drift: a resting weight near zero is believed only after
/// nothing was measured for a while after it.
struct ZeroTracking: Hashable, Sendable {
    /// Only weights this near to zero can be drift.
    static let rangeMilligrams: Int64 = 5000
    /// Longer than an item can lie on the scale around its measurement: entering 10 s, measuring 3 s, going back 5 s
    /// and being taken 20 s.
    static let delay: Duration = .seconds(40)

    private(set) var baseline = Mass(milligrams: 0)
    private var candidate: Candidate?
    /// The first resting weight after the start is believed at once: nothing better is known.
    private var isFirst = true

    private struct Candidate: Hashable {
        var mass: Mass
        var seenAt: Instant
    }

    /// A stable weight seen while nothing was measured.
    mutating func restSeen(_ gross: Mass, at now: Instant) {
        guard abs(gross.milligrams) <= Self.rangeMilligrams else {
            candidate = nil
            return
        }
        if isFirst {
            baseline = gross
            isFirst = false
        } else if let candidate {
            guard candidate.seenAt + Self.delay <= now else { return }
            baseline = candidate.mass
        }
        candidate = Candidate(mass: gross, seenAt: now)
    }

    /// Whatever rested last may have been the item.
    mutating func itemArrived() {
        candidate = nil
        isFirst = false
    }
}
