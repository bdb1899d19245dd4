import Vocabulary

/// The near-infrared head above the chamber's centre. It turns the reflectance of what lies below it into counts, with
/// its lamp's shape and wandering, its detector's noise and references that are a little wrong.
public struct NIRHead: Sendable {
    public struct Settings: Hashable, Sendable {
        /// Counts of white at the lamp's brightest band; low enough for items that reflect more than the reference.
        public var whiteCounts = 24_000.0
        public var darkCounts = 600.0
        public var noiseCounts = 8.0
        /// Relative error of a white reference, drawn once for all bands and once for each whenever it is taken.
        public var whiteError = 0.005
        public var whiteErrorPerBand = 0.001
        public var integrationMicroseconds: UInt32 = 2000

        public init() {}
    }

    public enum State: Hashable, Sendable {
        case ready
        case measuring(until: Instant)
        case takingReferences(until: Instant)
    }

    public let kind: NIRHeadKind
    public let wavelengthsDecinanometres: [UInt16]
    let settings: Settings
    private(set) var state = State.ready
    public private(set) var sequence: UInt16 = 0
    public private(set) var referenceSequence: UInt16 = 0
    /// The last measurement, with the references as they are now.
    public private(set) var last: Spectrum
    var lampHasFailed = false
    /// The tile does not move: no references are taken.
    var tileIsStuck = false {
        didSet { if !tileIsStuck { lastReferencesFailed = false } }
    }
    private var lastReferencesFailed = false
    private var random: SeededRandom
    /// The counts that white gave at the start.
    private let white: [Double]
    private var drift: HeadDrift

    init(
        kind: NIRHeadKind, wavelengthsDecinanometres: [UInt16], settings: Settings, wandering: HeadDrift.Wandering,
        random: SeededRandom, driftRandom: SeededRandom, at now: Instant
    ) {
        self.kind = kind
        self.wavelengthsDecinanometres = wavelengthsDecinanometres
        self.settings = settings
        let count = wavelengthsDecinanometres.count
        white = (0..<count).map { band in
            // The lamp is brightest in the middle of the range and falls to two thirds at its ends.
            let place = count > 1 ? 2 * Double(band) / Double(count - 1) - 1 : 0
            return settings.whiteCounts * (1 - place * place / 3)
        }
        drift = HeadDrift(bands: count, wandering: wandering, random: driftRandom, at: now)
        self.random = random
        let dark = [UInt16](repeating: Self.counts(settings.darkCounts), count: count)
        last = Spectrum(
            wavelengthsDecinanometres: wavelengthsDecinanometres, raw: dark, white: dark, dark: dark,
            integrationMicroseconds: settings.integrationMicroseconds)
        last.white = readTile(white)
    }

    var nextChange: Instant? {
        switch state {
        case .ready: nil
        case .measuring(let until), .takingReferences(let until): until
        }
    }

    mutating func trigger(at now: Instant) {
        switch state {
        case .ready: state = .measuring(until: now.advanced(by: Timing.nirMeasures))
        case .measuring, .takingReferences: break
        }
    }

    mutating func takeReferences(at now: Instant) {
        switch state {
        case .ready: state = .takingReferences(until: now.advanced(by: Timing.nirTakesReferences))
        case .measuring, .takingReferences: break
        }
    }

    /// What white gives drifts by so much an hour from now on, as a root of the mean square over the bands.
    mutating func drift(perHour rate: Double, at now: Instant) {
        drift.set(ratePerHour: rate, at: now)
    }

    /// Ends what is under way; `reflectance` is what lies below the head, one number per band.
    mutating func finish(at now: Instant, reflectance: () -> [Float]) {
        switch state {
        case .ready: break
        case .measuring: finishMeasurement(reflectance(), at: now)
        case .takingReferences: finishReferences(at: now)
        }
        state = .ready
    }

    private mutating func finishMeasurement(_ reflectance: [Float], at now: Instant) {
        let factors = drift.factors(at: now)
        for band in last.raw.indices {
            let light = lampHasFailed ? 0 : white[band] * factors[band] * Double(reflectance[band])
            last.raw[band] = Self.counts(settings.darkCounts + light + settings.noiseCounts * random.normal())
        }
        sequence &+= 1
    }

    private mutating func finishReferences(at now: Instant) {
        guard !tileIsStuck, !lampHasFailed else {
            lastReferencesFailed = true
            return
        }
        lastReferencesFailed = false
        let factors = drift.factors(at: now)
        last.white = readTile(zip(white, factors).map { $0 * $1 })
        last.dark = last.dark.map { _ in
            Self.counts(settings.darkCounts + settings.noiseCounts * Self.referenceNoise * random.normal())
        }
        referenceSequence &+= 1
    }

    /// A reference is the mean of sixteen measurements.
    private static let referenceNoise = 0.25

    private mutating func readTile(_ white: [Double]) -> [UInt16] {
        let common = 1 + settings.whiteError * random.normal()
        return white.map { counts in
            Self.counts(settings.darkCounts + counts * common * (1 + settings.whiteErrorPerBand * random.normal()))
        }
    }

    var isFree: Bool { state == .ready }

    /// What the last attempt to take references came to.
    func references(at now: Instant) -> Measured<HeadReferences> {
        lastReferencesFailed || lampHasFailed
            ? .failed(.refused, at: now) : .good(HeadReferences(white: last.white, dark: last.dark), at: now)
    }

    private static func counts(_ value: Double) -> UInt16 {
        UInt16(max(0, min(65_535, value.rounded())))
    }
}

/// The head's own register block; no public one was found, so this one is ours.
extension NIRHead {
    static let registerLimit = 125

    func readInput(address: UInt16, count: UInt16) -> RegisterAnswer {
        guard let range = RegisterRange(address: address, count: count, limit: Self.registerLimit) else {
            return .exception(.illegalValue)
        }
        return range.answer { address in
            switch address {
            case 0: sequence
            case 1: statusCode
            case 2: last.integrationMicroseconds.highWord
            case 3: last.integrationMicroseconds.lowWord
            case 4: UInt16(wavelengthsDecinanometres.count)
            case 5: kind.code
            case 6: referenceSequence
            case 7...9: 0
            case 10..<256: Self.element(address - 10, of: wavelengthsDecinanometres)
            case 256..<512: Self.element(address - 256, of: last.raw)
            case 512..<768: Self.element(address - 512, of: last.white)
            case 768..<1024: Self.element(address - 768, of: last.dark)
            default: nil
            }
        }
    }

    /// Holding register 0: writing 1 triggers a measurement, writing 2 lets the head take its references.
    mutating func writeHolding(address: UInt16, values: [UInt16], at now: Instant) -> RegisterAnswer {
        guard address == 0, values.count == 1 else { return .exception(.illegalAddress) }
        switch values[0] {
        case 1: trigger(at: now)
        case 2: takeReferences(at: now)
        default: return .exception(.illegalValue)
        }
        return .values([])
    }

    private var statusCode: UInt16 {
        if lampHasFailed { return 2 }
        switch state {
        case .ready: return lastReferencesFailed ? 4 : 0
        case .measuring: return 1
        case .takingReferences: return 3
        }
    }

    /// Beyond the last band the block reads 0.
    private static func element(_ index: Int, of array: [UInt16]) -> UInt16 {
        index < array.count ? array[index] : 0
    }
}
