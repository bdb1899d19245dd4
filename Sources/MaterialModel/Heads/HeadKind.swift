import Vocabulary

/// The two kinds of near-infrared heads that a model can be trained for.
public enum HeadKind: String, CaseIterable, Codable, Hashable, Sendable {
    /// Many narrow bands from 1014 to 1720 nm.
    case spectrometer
    /// Eight LEDs from 940 to 1720 nm.
    case led8

    /// The bands that the station's head of this kind reports, in nanometres.
    public var bandsNanometres: [Double] {
        let bands =
            switch self {
            case .spectrometer: NIRHeadKind.spectrometer.wavelengthsDecinanometres
            case .led8: NIRHeadKind.led8.wavelengthsDecinanometres
            }
        return bands.map { Double($0) / 10 }
    }

    /// As a sentence names one.
    public var phrase: String {
        switch self {
        case .spectrometer: "a spectrometer"
        case .led8: "an 8-LED head"
        }
    }
}
