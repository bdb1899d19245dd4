import Vocabulary

/// The near-infrared head above the chamber's centre. It turns the reflectance of what lies below it into counts, with
/// its lamp's shape, its detector's noise and references that are a little wrong.
public struct NIRHead: Sendable {
    public struct Settings: Hashable, Sendable {
        /// Counts of white at the lamp's brightest band; low enough for items that reflect more than the reference.
        public var whiteCounts = 24_000.0
        public var darkCounts = 600.0
        public var noiseCounts = 8.0
        /// Relative error of the white reference, drawn once for all bands and once for each.
        public var whiteError = 0.005
        public var whiteErrorPerBand = 0.001
        public var integrationMicroseconds: UInt32 = 2000

        public init() {}
    }

    public enum State: Hashable, Sendable {
        case ready
        case measuring(until: Instant)
    }

    public let wavelengthsDecinanometres: [UInt16]
    let settings: Settings
    private(set) var state = State.ready
    public private(set) var sequence: UInt16 = 0
    public private(set) var last: Spectrum
    var lampHasFailed = false
    private var random: SeededRandom
    /// The counts that white really gives, and the reference that the head took of it.
    private let white: [Double]
    private let reference: [UInt16]

    init(wavelengthsDecinanometres: [UInt16], settings: Settings, random: SeededRandom) {
        self.wavelengthsDecinanometres = wavelengthsDecinanometres
        self.settings = settings
        var random = random
        let count = wavelengthsDecinanometres.count
        white = (0..<count).map { band in
            // The lamp is brightest in the middle of the range and falls to two thirds at its ends.
            let place = count > 1 ? 2 * Double(band) / Double(count - 1) - 1 : 0
            return settings.whiteCounts * (1 - place * place / 3)
        }
        let common = 1 + settings.whiteError * random.normal()
        reference = white.map { counts in
            Self.counts(settings.darkCounts + counts * common * (1 + settings.whiteErrorPerBand * random.normal()))
        }
        self.random = random
        let dark = [UInt16](repeating: Self.counts(settings.darkCounts), count: count)
        last = Spectrum(
            wavelengthsDecinanometres: wavelengthsDecinanometres, raw: dark, white: reference, dark: dark,
            integrationMicroseconds: settings.integrationMicroseconds)
    }

    var nextChange: Instant? {
        switch state {
        case .ready: nil
        case .measuring(let until): until
        }
    }

    mutating func trigger(at now: Instant) {
        switch state {
        case .ready: state = .measuring(until: now.advanced(by: Timing.nirMeasures))
        case .measuring: break
        }
    }

    /// Ends the measurement under way; `reflectance` is what lies below the head, one number per band.
    mutating func finish(reflectance: [Float]) {
        for band in last.raw.indices {
            let light = lampHasFailed ? 0 : white[band] * Double(reflectance[band])
            last.raw[band] = Self.counts(settings.darkCounts + light + settings.noiseCounts * random.normal())
        }
        sequence &+= 1
        state = .ready
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
            // A spectrometer; 2 would be an LED head.
            case 5: 1
            case 6...9: 0
            case 10..<256: Self.element(address - 10, of: wavelengthsDecinanometres)
            case 256..<512: Self.element(address - 256, of: last.raw)
            case 512..<768: Self.element(address - 512, of: last.white)
            case 768..<1024: Self.element(address - 768, of: last.dark)
            default: nil
            }
        }
    }

    /// Holding register 0: writing 1 triggers a measurement.
    mutating func writeHolding(address: UInt16, values: [UInt16], at now: Instant) -> RegisterAnswer {
        guard address == 0, values.count == 1 else { return .exception(.illegalAddress) }
        guard values[0] == 1 else { return .exception(.illegalValue) }
        trigger(at: now)
        return .values([])
    }

    private var statusCode: UInt16 {
        if lampHasFailed { return 2 }
        switch state {
        case .ready: return 0
        case .measuring: return 1
        }
    }

    /// Beyond the last band the block reads 0.
    private static func element(_ index: Int, of array: [UInt16]) -> UInt16 {
        index < array.count ? array[index] : 0
    }
}
