/// The kinds of near-infrared heads that a station can have, and that a spectral model can be made for.
///
/// A kind declares its bands. What is trained on other bands does not fit it.
public enum NIRHeadKind: String, CaseIterable, Codable, Hashable, Sendable {
    /// An InGaAs spectrometer: 128 bands from 1014.5 to 1720 nm. The head of RS-1.
    case spectrometer
    /// Eight light-emitting diodes, lit one after the other. The head of RS-1L.
    case led8

    /// What the head itself tells in its register "kind".
    public var code: UInt16 {
        switch self {
        case .spectrometer: 1
        case .led8: 2
        }
    }

    /// Centre of each band in nanometres, ascending.
    public var bandsNanometres: [Double] { wavelengthsDecinanometres.map { Double($0) / 10 } }

    /// Centre of each band in tenths of a nanometre, ascending.
    public var wavelengthsDecinanometres: [UInt16] {
        switch self {
        case .spectrometer:
            // Evenly spaced and rounded to the nearest tenth of a nanometre.
            (0...Self.lastBand).map { band in
                UInt16(
                    Self.firstCentre + ((Self.lastCentre - Self.firstCentre) * band + Self.lastBand / 2) / Self.lastBand
                )
            }
        case .led8: [9400, 10_500, 12_000, 13_000, 14_500, 15_500, 16_500, 17_200]
        }
    }

    public var bandCount: Int {
        switch self {
        case .spectrometer: Self.lastBand + 1
        case .led8: 8
        }
    }

    /// As a sentence names one.
    public var phrase: String {
        switch self {
        case .spectrometer: "a spectrometer"
        case .led8: "an 8-LED head"
        }
    }

    private static let firstCentre = 10_145
    private static let lastCentre = 17_200
    private static let lastBand = 127
}

/// What a head compares its signal with, in counts (0 to 65535), one value for each band.
public struct HeadReferences: Codable, Hashable, Sendable {
    /// The signal of the head's own white tile.
    public var white: [UInt16]
    /// The signal without light.
    public var dark: [UInt16]

    public init(white: [UInt16], dark: [UInt16]) {
        self.white = white
        self.dark = dark
    }
}
