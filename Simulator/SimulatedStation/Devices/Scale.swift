import Glibc
import Vocabulary

/// The scale under the chamber's belt: a weighing platform that settles like a first-order low-pass, behind an
/// indicator (Laumas TLB4) that samples it, shows tenths of a gram and says when the value stands still.
///
/// The world puts load on it and shakes it; the driver reads it. Samples are only worked out when somebody looks.
public struct Scale: Hashable, Sendable {
    public struct Settings: Hashable, Sendable {
        public var settlingSeconds = 0.08
        public var noiseMilligrams = 20.0
        /// While the belt runs.
        public var vibrationMilligrams = 800.0
        public var driftMilligramsPerHour = 300.0
        public var overloadMilligrams = 3_000_000.0

        public init() {}
    }

    /// Tenths of a gram.
    public static let divisionMilligrams = 100.0
    static let samplePeriod: Duration = .milliseconds(50)
    static let windowSamples = 6
    /// The value is stable if the window's samples lie within this span.
    static let stableSpanMilligrams = 2 * divisionMilligrams

    let settings: Settings
    var noiseFactor = 1.0
    private var random: SeededRandom
    private var loadMilligrams = 0.0
    /// What the platform carried, as it felt, when the load last changed.
    private var feltMilligrams = 0.0
    private var loadSince: Instant
    private var isVibrating = false
    private let start: Instant
    private var zeroMilligrams = 0.0
    /// The largest weight that was read, as the indicator's peak register has it.
    private var peakDecigrams: Int32 = 0
    private var nextSample: Instant
    /// The indicator's last samples, oldest first.
    private var window: [Double] = []

    init(settings: Settings, random: SeededRandom, at now: Instant) {
        self.settings = settings
        self.random = random
        loadSince = now
        start = now
        nextSample = now
    }

    // MARK: The world's hand

    mutating func carry(milligrams: Double, at now: Instant) {
        guard milligrams != loadMilligrams else { return }
        sample(until: now)
        feltMilligrams = felt(at: now)
        loadMilligrams = milligrams
        loadSince = now
    }

    mutating func vibrate(_ isVibrating: Bool, at now: Instant) {
        guard isVibrating != self.isVibrating else { return }
        sample(until: now)
        self.isVibrating = isVibrating
    }

    // MARK: The driver's eye

    /// What the indicator shows, in tenths of a gram.
    public mutating func grossDecigrams(at now: Instant) -> Int32 {
        sample(until: now)
        let shown = ((window.last ?? 0) / Self.divisionMilligrams).rounded()
        return Int32(max(-1e9, min(1e9, shown)))
    }

    public mutating func isStable(at now: Instant) -> Bool {
        sample(until: now)
        guard window.count == Self.windowSamples, let least = window.min(), let most = window.max() else {
            return false
        }
        return most - least <= Self.stableSpanMilligrams
    }

    public var isOverloaded: Bool { loadMilligrams > settings.overloadMilligrams }

    /// Takes what stands on the platform now as zero.
    public mutating func zero(at now: Instant) {
        sample(until: now)
        zeroMilligrams += window.last ?? 0
        window.removeAll(keepingCapacity: true)
    }

    /// What an empty platform shows by drift alone, in tenths of a gram: the value that zero tracking takes off.
    func emptyDecigrams(at now: Instant) -> Int32 {
        Int32(((drift(at: now) - zeroMilligrams) / Self.divisionMilligrams).rounded())
    }

    private func felt(at now: Instant) -> Double {
        let seconds = loadSince.seconds(to: now)
        return loadMilligrams + (feltMilligrams - loadMilligrams) * exp(-seconds / settings.settlingSeconds)
    }

    private func drift(at now: Instant) -> Double {
        settings.driftMilligramsPerHour * start.seconds(to: now) / 3600
    }

    /// Takes the samples that fell due since somebody looked; no more of them than the window can hold.
    private mutating func sample(until now: Instant) {
        let period = Self.samplePeriod.inNanoseconds
        let due = (now.nanoseconds - nextSample.nanoseconds) / period + 1
        let surplus = due - Int64(Self.windowSamples)
        if surplus > 0 { nextSample.nanoseconds += surplus * period }
        while nextSample <= now {
            let spread = (isVibrating ? settings.vibrationMilligrams : settings.noiseMilligrams) * noiseFactor
            let value = felt(at: nextSample) + drift(at: nextSample) - zeroMilligrams + spread * random.normal()
            if window.count == Self.windowSamples { window.removeFirst() }
            window.append(value)
            nextSample.nanoseconds += period
        }
    }
}

/// The indicator's registers (Laumas TLB4, FC 03 and 16; 40001 is address 0).
extension Scale {
    static let registerLimit = 32
    static let zeroCommand: UInt16 = 8

    mutating func read(address: UInt16, count: UInt16, at now: Instant) -> RegisterAnswer {
        guard let range = RegisterRange(address: address, count: count, limit: Self.registerLimit) else {
            return .exception(.illegalValue)
        }
        let grossNow = grossDecigrams(at: now)
        peakDecigrams = max(peakDecigrams, grossNow)
        let gross = UInt32(bitPattern: grossNow)
        let peak = UInt32(bitPattern: peakDecigrams)
        let status: UInt16 = (isOverloaded ? 1 << 2 : 0) | (isStable(at: now) ? 1 << 12 : 0)
        return range.answer { address in
            switch address {
            case 5: 0
            case 6: status
            case 7, 9: gross.highWord
            case 8, 10: gross.lowWord
            case 11: peak.highWord
            case 12: peak.lowWord
            // Low byte: division code 9 = 0.1; high byte: unit code 1 = g.
            case 13: 0x0109
            default: nil
            }
        }
    }

    mutating func write(address: UInt16, values: [UInt16], at now: Instant) -> RegisterAnswer {
        guard address == 5, values.count == 1 else { return .exception(.illegalAddress) }
        if values[0] == Self.zeroCommand { zero(at: now) }
        return .values([])
    }
}
