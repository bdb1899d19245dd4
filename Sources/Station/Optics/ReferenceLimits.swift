import Vocabulary

/// What a head's references may be off by, and how often they are taken anew.
///
/// An error here is a relative error of the reflectance that differs from band to band, as the root of its mean square
/// over the bands. One that all bands share changes no verdict: the models look at shapes.
public struct ReferenceLimits: Hashable, Sendable {
    /// References are taken at least this often.
    public var period: Duration
    /// They are not asked for more often than this, whatever drifts.
    public var leastPeriod: Duration = .seconds(300)
    /// After an attempt that failed.
    public var retry: Duration = .seconds(60)
    /// From this error on verdicts begin to suffer: then there is a fault.
    public var greatestError: Double
    /// How much references drift apart in an hour, at least, until the head shows that it drifts faster. Measured with
    /// the 8-LED board: 0.8 % from one white reference to the next, half an hour later.
    public var assumedDriftPerHour: Double = 0.01
    /// Two references in a row differ by this much although nothing has changed.
    public var repeatability: Double = 0.002
    /// White must stand this many counts above dark, as a mean over the bands: below, the detector's noise of a few
    /// counts is an error of its own.
    public var leastMeanRangeCounts: Double = 2000

    public init(period: Duration, greatestError: Double) {
        self.period = period
        self.greatestError = greatestError
    }

    /// From this error on new references are asked for before their time.
    public var renewingError: Double { greatestError / 2 }

    /// On the spectrometer an error of 1 % is hardly seen; 2 % makes no verdict wrong, but one item in five that is
    /// measured once is handed back. On the 8-LED head 0.5 % costs one verdict in a hundred, 1 % three and 2 % ten.
    public static func of(_ kind: NIRHeadKind) -> ReferenceLimits {
        switch kind {
        case .spectrometer: ReferenceLimits(period: .seconds(1800), greatestError: 0.01)
        case .led8: ReferenceLimits(period: .seconds(900), greatestError: 0.0075)
        }
    }
}
