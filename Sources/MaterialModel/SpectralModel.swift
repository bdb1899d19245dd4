import FoundationEssentials
import SmallNumerics
import Vocabulary

/// Tells materials apart by near-infrared reflectance. `docs/classification.md` has the formulas and the figures.
///
/// Two heads, two ways of learning: an enum, because there are exactly these, and what differs is one switch each.
public struct SpectralModel: Sendable {
    public enum Parameters: Hashable, Sendable {
        case spectrometer(SpectrometerParameters)
        case led8(LEDParameters)
    }

    /// The parameters with what follows from them.
    enum Engine: Sendable {
        case spectrometer(SpectrometerEngine)
        case led8(LEDParameters)
    }

    /// A head's wavelengths may differ from the model's by this much, in nanometres.
    public static let wavelengthTolerance = 1.0

    public let content: ModelContent
    /// Of the file's bytes, 64 hexadecimal digits.
    public let hash: String
    let engine: Engine

    /// Decodes and checks a model file; `file` is its name for the error's sentence.
    public init(json data: Data, file: String) throws(ModelFileError) {
        let (content, hash) = try ModelFile.decode(data, file: file)
        guard let model = SpectralModel(content, hash: hash) else {
            throw .invalid(file: file, detail: "its bands do not cover its channels")
        }
        self = model
    }

    /// Of parameters that were just learned; they must be whole (`ModelFile.complaint`). Nil if the head's bands do not
    /// cover the model's channels.
    public init?(_ content: ModelContent, hash: String) {
        switch content.parameters {
        case .led8(let parameters): engine = .led8(parameters)
        case .spectrometer(let parameters):
            guard let prepared = SpectrometerEngine(parameters, bandsNanometres: content.bandsNanometres) else {
                return nil
            }
            engine = .spectrometer(prepared)
        }
        (self.content, self.hash) = (content, hash)
    }

    /// The classes, in the order of the file.
    public var materials: [Material] { content.classes.map(\.material) }

    public var head: NIRHeadKind {
        switch content.parameters {
        case .spectrometer: .spectrometer
        case .led8: .led8
        }
    }

    /// Whether it can see that an item is like none of its classes.
    public var testsNovelty: Bool {
        switch content.parameters {
        case .spectrometer: true
        case .led8: false
        }
    }

    /// Where the curves lie that a reflectance is judged on: those of the training data.
    public var channelsNanometres: [Double] {
        switch content.parameters {
        case .spectrometer(let parameters): parameters.preprocessing.channelsNanometres
        case .led8(let parameters): parameters.preprocessing.bandsNanometres
        }
    }

    /// What does not fit between a head and this model, as a sentence to be logged once per head; nil if all is well.
    public func mismatch(with spectrum: Spectrum) -> String? {
        switch misfit(of: spectrum) {
        case nil: nil
        case .counts:
            "The NIR head's spectrum was compared with the model: it has \(spectrum.wavelengthsDecinanometres.count) "
                + "wavelengths, \(spectrum.raw.count) raw, \(spectrum.white.count) white and "
                + "\(spectrum.dark.count) dark values, the model \(content.bandsNanometres.count) bands of "
                + "\(head.phrase). Its spectra are ignored; install the model for this head."
        case .band(let found, let wanted):
            "The NIR head's spectrum was compared with the model: a band lies at \(found / 10).\(found % 10) nm "
                + "where the model has \(wanted) nm. Its spectra are ignored; install the model for this head."
        }
    }

    private enum Misfit {
        case counts
        case band(found: UInt16, wanted: Double)
    }

    /// Each verdict asks for it, so there is no sentence in it.
    private func misfit(of spectrum: Spectrum) -> Misfit? {
        let bands = content.bandsNanometres
        guard spectrum.wavelengthsDecinanometres.count == bands.count, spectrum.raw.count == bands.count,
            spectrum.white.count == bands.count, spectrum.dark.count == bands.count
        else { return .counts }
        for (found, wanted) in zip(spectrum.wavelengthsDecinanometres, bands)
        // Tenths are not exact in binary, so a difference of just the tolerance must not hang on the last bit.
        where abs(Double(found) / 10 - wanted) > Self.wavelengthTolerance + 1e-6 {
            return .band(found: found, wanted: wanted)
        }
        return nil
    }

    /// What the placements of one item look like together, judged by this model alone. Order says nothing.
    public func read(_ placements: [Spectrum]) -> SpectralReading { judge(placements).reading }

    /// The same with what it rests on.
    public func judge(_ placements: [Spectrum]) -> SpectralJudgement {
        let isMisfit = placements.isEmpty || placements.contains { misfit(of: $0) != nil }
        guard !isMisfit else { return .without(.mismatched) }
        return judge(
            features: placements.compactMap { spectrum in
                Reflectance.of(spectrum).map { reflectance in
                    switch engine {
                    case .spectrometer(let engine): engine.features(ofBands: reflectance)
                    case .led8(let parameters): parameters.preprocessing.features(of: reflectance)
                    }
                }
            })
    }

    /// Of reflectances on `channelsNanometres`; a placement with another number of values or one that is no number is
    /// unreadable.
    public func judge(reflectances: [[Double]]) -> SpectralJudgement {
        judge(features: reflectances.compactMap(features(ofChannels:)))
    }

    /// Of a reflectance on `channelsNanometres`; nil if it has another number of values or one that is no number.
    public func features(ofChannels reflectance: [Double]) -> PlacementFeatures? {
        guard reflectance.count == channelsNanometres.count, reflectance.allSatisfy(\.isFinite) else { return nil }
        return switch engine {
        case .spectrometer(let engine): engine.prepared.features(of: reflectance)
        case .led8(let parameters): parameters.preprocessing.features(of: reflectance)
        }
    }

    /// Of the features of an item's placements; none is unreadable.
    public func judge(features: [PlacementFeatures]) -> SpectralJudgement {
        let bright = features.filter { $0.brightness >= content.limits.leastBrightness }
        guard !bright.isEmpty else { return .without(.unreadable) }
        let contrast = mean(bright.map(\.contrast))
        guard mean(bright.map(\.structure)) >= content.limits.leastStructure else {
            return .without(.flat, contrast: contrast)
        }
        let excludedBelow = content.limits.excludedBelow(placements: bright.count)
        return switch engine {
        case .spectrometer(let engine):
            engine.judge(bright.map(\.values), contrast: contrast, excludedBelow: excludedBelow)
        case .led8(let parameters):
            parameters.judge(bright.map(\.values), contrast: contrast, excludedBelow: excludedBelow)
        }
    }
}
