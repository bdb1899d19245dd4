import Vocabulary

/// A Danfoss FC 202 as the conveyor drive: its reference is a share of its maximum, its registers count from 1, and what
/// the motor really turns at follows in a ramp. Its supply gone, it knows no reference until one is written.
public struct DanfossDrive: Hashable, Sendable {
    /// Its parameter 3-03: what it calls 100 %.
    static let maximumCentihertz = 5000
    static let fullScale = 0x4000

    /// Its alarm; 0 means none, anything else has tripped it.
    var faultCode: UInt8 = 0
    private var control: UInt16 = 0
    private var reference: UInt16
    /// Signed speeds in 0.01 Hz: where the ramp under way began, and where it ends.
    private var rampFrom = 0.0
    private var rampTo = 0.0
    private var rampSince: Instant

    init(frequencyCentihertz: UInt16, at now: Instant) {
        reference = UInt16(Int(frequencyCentihertz) * Self.fullScale / Self.maximumCentihertz)
        rampSince = now
    }

    /// A reference beyond the maximum is cut off there; the belt's direction is the terminals' business.
    var frequencyCentihertz: UInt16 {
        let wanted = (Int(Int16(bitPattern: reference)) * Self.maximumCentihertz + Self.fullScale / 2) / Self.fullScale
        return UInt16(min(Self.maximumCentihertz, max(0, wanted)))
    }

    mutating func turn(at centihertz: UInt16, backwards: Bool, from now: Instant) {
        rampFrom = actualCentihertz(at: now)
        rampTo = Double(centihertz) * (backwards ? -1 : 1)
        rampSince = now
    }

    private func actualCentihertz(at now: Instant) -> Double {
        let share = min(1, rampSince.seconds(to: now) / Timing.beltRampSeconds)
        return rampFrom + (rampTo - rampFrom) * share
    }
}

/// Its registers 50000 (control word), 50010 (reference), 50200 (status word) and 50210 (main actual value); a frame
/// carries the number less one, and between them there is nothing.
extension DanfossDrive {
    private static let controlAddress = 49_999
    private static let referenceAddress = 50_009
    /// Bits of the control word: reset at its rising edge, and whether the word counts at all.
    private static let resetBit: UInt16 = 1 << 7
    private static let validBit: UInt16 = 1 << 10

    func read(address: UInt16, count: UInt16, at now: Instant) -> RegisterAnswer {
        guard let range = RegisterRange(address: address, count: count, limit: 125) else {
            return .exception(.illegalValue)
        }
        return range.answer { address in
            switch address {
            case Self.controlAddress: control
            case Self.referenceAddress: reference
            case 50_199: status(at: now)
            case 50_209: Self.word(actualCentihertz(at: now))
            default: nil
            }
        }
    }

    mutating func write(address: UInt16, values: [UInt16]) -> RegisterAnswer {
        guard values.count == 1 else { return .exception(.illegalAddress) }
        switch Int(address) {
        case Self.controlAddress:
            let isReset = values[0] & Self.validBit != 0 && values[0] & ~control & Self.resetBit != 0
            if isReset { faultCode = 0 }
            control = values[0]
        case Self.referenceAddress:
            reference = values[0]
        default:
            return .exception(.illegalAddress)
        }
        return .values([])
    }

    /// The FC profile: ready, enabled or tripped, at reference, under bus control, within its limits, running.
    private func status(at now: Instant) -> UInt16 {
        let health: UInt16 = faultCode == 0 ? 0b0111 : 0b1000
        let isAtReference = actualCentihertz(at: now) == rampTo
        return health | (isAtReference ? 1 << 8 : 0) | 1 << 9 | 1 << 10 | (rampTo == 0 ? 0 : 1 << 11)
    }

    private static func word(_ centihertz: Double) -> UInt16 {
        let counts = (centihertz * Double(fullScale) / Double(maximumCentihertz)).rounded()
        return UInt16(bitPattern: Int16(counts))
    }
}
