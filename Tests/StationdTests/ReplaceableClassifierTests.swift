import FoundationEssentials
import MaterialModel
import TestSupport
import Testing
import Vocabulary

@testable import stationd

struct ReplaceableClassifierTests {
    private let log = LogRecorder()

    private func shippedModel() throws -> SpectralModel {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../config/models/spectrometer.json")
        return try SpectralModel(json: Data(contentsOf: file.standardized), file: "spectrometer.json")
    }

    private func evidence(wavelengths: [UInt16]) -> Evidence {
        let counts = [UInt16](repeating: 1000, count: wavelengths.count)
        var evidence = Evidence()
        evidence.spectrum = .good(
            Spectrum(
                wavelengthsDecinanometres: wavelengths, raw: counts, white: counts, dark: counts,
                integrationMicroseconds: 1000),
            at: .zero)
        return evidence
    }

    @Test func `a head that does not fit the model is told once, and again when it fits`() throws {
        let model = try shippedModel()
        let classifier = ReplaceableClassifier(
            MaterialClassifier(
                model: model, catalogue: Catalogue(version: "test", types: []), options: FusionOptions()),
            logger: log.logger)
        let ledHead = evidence(wavelengths: [9400, 10500, 12000, 13000, 14500, 15500, 16500, 17200])
        for _ in 1...3 { _ = classifier.classify(ledHead) }
        _ = classifier.classify(Evidence())
        #expect(log.lines.count == 1)
        #expect(
            log.lines.first == """
                error: The NIR head's spectrum was compared with the model: it has 8 wavelengths, 8 raw, 8 white and 8 \
                dark values, the model 128 bands of a spectrometer. Its spectra are ignored; install the model for this \
                head.
                """)
        let fitting = evidence(wavelengths: model.content.bandsNanometres.map { UInt16(($0 * 10).rounded()) })
        for _ in 1...2 { _ = classifier.classify(fitting) }
        #expect(log.lines.dropFirst() == ["notice: The NIR head's bands fit the model again."])
        _ = classifier.classify(ledHead)
        #expect(log.lines.count == 3)
    }
}
