import Glibc
import Vocabulary

extension SpectraLibrary {
    /// A library for runs in which no spectrum is judged, on the spectrometer's bands.
    public static let synthetic = synthetic(for: .spectrometer)

    /// A library for runs in which no spectrum is judged: each material has one dip of its own, nothing was measured.
    public static func synthetic(for kind: NIRHeadKind) -> SpectraLibrary {
        let names = [
            "pet", "hdpe", "ldpe", "pp", "ps", "pvc", "pla", "abs", "pmma", "fibre", "glass", "aluminium", "steel",
            "other", "dark",
        ]
        let bands = kind.bandCount
        // Eight of the spectrometer's bands from dip to dip.
        let spacing = Double(bands) / 16
        let classes = names.enumerated().map { place, name in
            let dip = spacing * (Double(place) + 0.5)
            let mean = (0..<bands).map { band -> Float in
                let distance = Float(abs(Double(band) - dip) / (0.75 * spacing))
                let level: Float = name == "dark" ? 0.03 : 0.9
                return level * (distance < 1 ? 0.6 + 0.4 * distance : 1)
            }
            func flat(_ sigma: Float) -> Spread {
                Spread(
                    components: [[Float](repeating: sigma, count: bands)],
                    diagonal: [Float](repeating: 0, count: bands))
            }
            return (name, SpectralClass(mean: mean.map { log($0) }, items: flat(0.02), placements: flat(0.01)))
        }
        return SpectraLibrary(
            wavelengthsDecinanometres: kind.wavelengthsDecinanometres, wandering: .none,
            classes: Dictionary(uniqueKeysWithValues: classes))
    }
}
