import Vocabulary

/// Draws items of the library and measures them with a simulated head, without a station around it: for comparing
/// simulated with measured spectra.
public struct SpectraSampler: Sendable {
    private let library: SpectraLibrary
    private let seed: UInt64
    private var head: NIRHead
    private var random: SeededRandom
    private var now = Instant.zero

    /// - Parameter kind: the head's kind; the library must have its bands.
    public init(library: SpectraLibrary, kind: NIRHeadKind, seed: UInt64) {
        self.library = library
        self.seed = seed
        random = SeededRandom(seed: seed, stream: 201)
        head = NIRHead(
            kind: kind, wavelengthsDecinanometres: library.wavelengthsDecinanometres, settings: NIRHead.Settings(),
            wandering: library.wandering, random: SeededRandom(seed: seed, stream: 202),
            driftRandom: SeededRandom(seed: seed, stream: 203), at: now)
    }

    /// Lets what white gives drift by so much an hour from now on, as a root of the mean square over the bands.
    public mutating func drift(perHour rate: Double) {
        head.drift(perHour: rate, at: now)
    }

    /// The head takes its references.
    public mutating func takeReferences() {
        head.takeReferences(at: now)
        finish("")
    }

    /// What the head compares with.
    public var references: HeadReferences { HeadReferences(white: head.last.white, dark: head.last.dark) }

    /// Time passes; an earlier time changes nothing.
    public mutating func wait(to time: Instant) {
        now = max(now, time)
    }

    /// One item of a class, by its number, put before the head so many times.
    public mutating func measure(_ name: String, item: Int, placements: Int) -> [Spectrum] {
        let itemSeed = SeededRandom(seed: seed, stream: UInt64(item)).peek
        return (0..<placements).map { _ in
            head.trigger(at: now)
            finish(name, itemSeed: itemSeed)
            return head.last
        }
    }

    private mutating func finish(_ name: String, itemSeed: UInt64 = 0) {
        now = head.nextChange ?? now
        head.finish(at: now) { library.scan(of: name, itemSeed: itemSeed, random: &random) }
    }
}

extension SeededRandom {
    /// A seed that nobody else has.
    fileprivate var peek: UInt64 {
        var copy = self
        return copy.next()
    }
}
