import Vocabulary

extension Spectrum {
    /// Reflectance per band, (raw - dark) / (white - dark), with single dead or clipped bands mended; nil if there are
    /// too many of them.
    public var reflectance: [Double]? { Reflectance.of(self) }

    /// The bands of a head without a signal.
    fileprivate static func declared(by kind: NIRHeadKind) -> Spectrum {
        let bands = kind.wavelengthsDecinanometres
        let counts = [UInt16](repeating: 0, count: bands.count)
        return Spectrum(
            wavelengthsDecinanometres: bands, raw: counts, white: counts, dark: counts, integrationMicroseconds: 0)
    }
}

extension SpectralModel {
    /// What does not fit between this model and a kind of head, as a sentence; nil if they fit. A kind declares its
    /// bands, so this needs no hardware.
    public func mismatch(withHead kind: NIRHeadKind) -> String? { mismatch(with: .declared(by: kind)) }
}
