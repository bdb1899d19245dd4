import Glibc
import Vocabulary

/// How what white gives changes with time, by band: a slow wandering that comes back, and a drift that a fault adds.
///
/// The wandering is a share that all bands have in common and one of each band, each an Ornstein-Uhlenbeck process. It
/// is only worked out when somebody looks.
struct HeadDrift: Hashable, Sendable {
    /// Part of the spectra statistics.
    struct Wandering: Decodable, Hashable, Sendable {
        /// Standard deviations, relative.
        var common: Double
        var perBand: Double
        /// After this long it has forgotten a share of 1 - 1/e.
        var relaxationHours: Double

        static let none = Wandering(common: 0, perBand: 0, relaxationHours: 1)
    }

    private let wandering: Wandering
    private var random: SeededRandom
    private var common = 0.0
    private var bands: [Double]
    private var seenAt: Instant
    /// Root of the mean square over the bands, relative, per hour.
    private var ratePerHour = 0.0
    private let pattern: [Double]
    private var drifted = 0.0

    init(bands: Int, wandering: Wandering, random: SeededRandom, at now: Instant) {
        var random = random
        self.wandering = wandering
        self.bands = [Double](repeating: 0, count: bands)
        let drawn = (0..<bands).map { _ in random.normal() }
        let mean = drawn.reduce(0, +) / Double(max(1, bands))
        let size = (drawn.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, bands))).squareRoot()
        pattern = drawn.map { size > 0 ? ($0 - mean) / size : 0 }
        self.random = random
        seenAt = now
    }

    /// From now on white drifts this much an hour, each band by a share of its own: what it drifted before stays.
    mutating func set(ratePerHour: Double, at now: Instant) {
        move(to: now)
        self.ratePerHour = ratePerHour
    }

    /// What white gives now, as a share of what it gave at the start, by band.
    mutating func factors(at now: Instant) -> [Double] {
        move(to: now)
        return bands.indices.map { max(0.05, 1 + common + bands[$0] + drifted * pattern[$0]) }
    }

    private mutating func move(to now: Instant) {
        let hours = Double(now.nanoseconds - seenAt.nanoseconds) / 3_600_000_000_000
        guard hours > 0 else { return }
        seenAt = now
        drifted += ratePerHour * hours
        let kept = exp(-hours / wandering.relaxationHours)
        let fresh = (1 - kept * kept).squareRoot()
        common = kept * common + fresh * wandering.common * random.normal()
        for band in bands.indices {
            bands[band] = kept * bands[band] + fresh * wandering.perBand * random.normal()
        }
    }
}
