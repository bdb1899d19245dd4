/// The two kinds of near-infrared heads that a model can be trained for.
public enum HeadKind: String, CaseIterable, Codable, Hashable, Sendable {
    /// Many narrow bands from 1014 to 1720 nm.
    case spectrometer
    /// Eight LEDs from 940 to 1720 nm.
    case led8

    /// The bands that the station's head of this kind reports, in nanometres.
    public var bandsNanometres: [Double] {
        switch self {
        // 128 bands, evenly spaced, in whole tenths as the head's registers hold them.
        case .spectrometer:
            (0..<128).map { (band: Int) -> Double in
                let tenths = 10_145 + Double(band) * 7055 / 127
                return tenths.rounded() / 10
            }
        case .led8: [940, 1050, 1200, 1300, 1450, 1550, 1650, 1720]
        }
    }

    /// As a sentence names one.
    public var phrase: String {
        switch self {
        case .spectrometer: "a spectrometer"
        case .led8: "an 8-LED head"
        }
    }
}
