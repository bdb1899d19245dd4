import FoundationEssentials
import MaterialModel
import Testing
import Vocabulary

/// Reads real scans through the shipped model. The scans are no part of the repository: without them this is skipped.
struct MeasuredScanTests {
    struct Scan {
        var material: Material
        var spectrum: Spectrum
    }

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: Files.measuredScans),
            "the measured scans (../shared/data/ps_avantes.csv) are not here"))
    func `the shipped model reads its training scans as its file states`() throws {
        // The scans were trained on, so this shows that Swift and Python agree, not how good the model is; that is
        // the evaluation with left-out objects in the model file.
        let model = try shippedModel()
        let scans = try scans(for: model)
        var right = 0
        var familiar = 0
        for scan in scans {
            guard case .familiar(let probabilities) = model.read(scan.spectrum) else { continue }
            familiar += 1
            let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] }
            if best.map({ model.materials[$0] }) == scan.material { right += 1 }
        }
        #expect(scans.count == model.evaluation.trainingScans)
        // Counts are whole numbers: a scan at the very edge may fall to the other side.
        #expect(abs(familiar - model.evaluation.trainingScansFamiliar) <= 1)
        #expect(abs(right - model.evaluation.trainingScansFamiliarRight) <= 1)
        #expect(right > 400)
    }

    /// The scans of the model's materials that are bright enough, as counts on the model's bands.
    private func scans(for model: SpectralModel) throws -> [Scan] {
        let text = String(decoding: try Files.read(Files.measuredScans), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline)
        let header = lines[0].split(separator: ",", omittingEmptySubsequences: false)
        let columns = header.indices.filter { header[$0].hasPrefix("r_") && Double(header[$0].dropFirst(2))! <= 1720 }
        let nanometres = columns.map { Double(header[$0].dropFirst(2))! }
        let materialColumn = try #require(header.firstIndex(of: "material"))
        let places = model.wavelengthsDecinanometres.map { place(of: Double($0) / 10, among: nanometres) }
        return try lines.dropFirst().compactMap { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard let material = Material(rawValue: fields[materialColumn].lowercased()),
                model.materials.contains(material)
            else { return nil }
            let values = try columns.map { try #require(Double(fields[$0])) }
            let bands = places.map { values[$0.left] + (values[$0.left + 1] - values[$0.left]) * $0.share }
            guard bands.reduce(0, +) / Double(bands.count) >= 0.1 else { return nil }
            return Scan(material: material, spectrum: spectrum(bands, model))
        }
    }

    /// Between which two wavelengths of the file a band lies, and how far towards the right one.
    private func place(of band: Double, among nanometres: [Double]) -> (left: Int, share: Double) {
        let right = max(nanometres.firstIndex { $0 >= band } ?? nanometres.count - 1, 1)
        let share = (band - nanometres[right - 1]) / (nanometres[right] - nanometres[right - 1])
        return (right - 1, share)
    }

    private func spectrum(_ reflectance: [Double], _ model: SpectralModel) -> Spectrum {
        Spectrum(
            wavelengthsDecinanometres: model.wavelengthsDecinanometres,
            raw: reflectance.map { UInt16((1000 + $0 * 20_000).rounded()) },
            white: [UInt16](repeating: 21_000, count: reflectance.count),
            dark: [UInt16](repeating: 1000, count: reflectance.count), integrationMicroseconds: 1000)
    }
}
