import MaterialModel
import Testing
import Vocabulary

/// Spectra of an 8-LED head that are none, and models of either head that are asked about nothing.
struct DegenerateLEDTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reading: SpectralReading
        var change: @Sendable (inout Spectrum) -> Void
    }

    static let rows: [Row] = [
        Row(testDescription: "white equals dark in one band", reading: .unreadable) { $0.white[3] = $0.dark[3] },
        Row(testDescription: "white below dark in one band", reading: .unreadable) { $0.white[0] = $0.dark[0] - 1 },
        Row(testDescription: "white all zero", reading: .unreadable) { $0.white = $0.white.map { _ in 0 } },
        Row(testDescription: "white 49 counts above dark", reading: .unreadable) { $0.white[7] = $0.dark[7] + 49 },
        Row(testDescription: "one saturated channel", reading: .unreadable) { $0.raw[2] = .max },
        Row(testDescription: "a saturated white reference in one band", reading: .unreadable) { $0.white[5] = .max },
        Row(testDescription: "all dark", reading: .unreadable) { $0.raw = $0.dark },
        Row(testDescription: "darker than dark", reading: .unreadable) { $0.raw = $0.raw.map { _ in 0 } },
        Row(testDescription: "everything zero", reading: .unreadable) {
            $0.raw = $0.raw.map { _ in 0 }
            ($0.white, $0.dark) = ($0.raw, $0.raw)
        },
        Row(testDescription: "one band missing", reading: .mismatched) { $0.raw.removeLast() },
        Row(testDescription: "one dark value missing", reading: .mismatched) { $0.dark.removeLast() },
        Row(testDescription: "one white value missing", reading: .mismatched) { $0.white.removeLast() },
        Row(testDescription: "one wavelength missing", reading: .mismatched) {
            $0.wavelengthsDecinanometres.removeLast()
        },
        Row(testDescription: "another band", reading: .mismatched) { $0.wavelengthsDecinanometres[2] -= 11 },
        Row(testDescription: "no bands", reading: .mismatched) {
            $0 = Spectrum(wavelengthsDecinanometres: [], raw: [], white: [], dark: [], integrationMicroseconds: 1)
        },
    ]

    @Test(arguments: rows)
    func `a degenerate spectrum is no polymer`(row: Row) throws {
        let model = try shippedLEDModel()
        var spectrum = try typicalLED(.pp, model)
        #expect(model.read([spectrum]).word == "familiar")
        row.change(&spectrum)
        let found = model.judge([spectrum])
        #expect(found.reading == row.reading)
        #expect(found.probabilities.isEmpty && !found.isDecided)
    }

    @Test func `a degenerate placement says nothing beside a good one, and one of another head spoils it`() throws {
        let model = try shippedLEDModel()
        let good = try typicalLED(.pp, model)
        for row in Self.rows {
            var bad = good
            row.change(&bad)
            let found = model.read([good, bad])
            #expect(found == (row.reading == .mismatched ? .mismatched : model.read([good])), "\(row)")
        }
    }

    @Test(arguments: [NIRHeadKind.spectrometer, .led8])
    func `numbers that are none are unreadable, alone and beside good ones`(head: NIRHeadKind) throws {
        let model = try head == .led8 ? shippedLEDModel() : shippedModel()
        let count = model.channelsNanometres.count
        let good = (0..<count).map { 0.5 + 0.05 * Double($0 % 7) }
        let expected = model.judge(reflectances: [good])
        #expect(!expected.probabilities.isEmpty)
        for bad in [Double.nan, .infinity, -.infinity, .signalingNaN] {
            for place in [0, count / 2, count - 1] {
                var curve = good
                curve[place] = bad
                #expect(model.judge(reflectances: [curve]).reading == .unreadable)
                #expect(model.judge(reflectances: [curve, good]) == expected)
            }
        }
        // Great but finite numbers give probabilities or none, and never a number that is none.
        for great in [1e300, -1e300, .leastNonzeroMagnitude, .greatestFiniteMagnitude] {
            var curve = good
            curve[1] = great
            let found = model.judge(reflectances: [curve])
            #expect(found.probabilities.allSatisfy { (0...1).contains($0) }, "\(great)")
            #expect(found.contrast.isFinite, "\(great)")
        }
    }

    @Test(arguments: [NIRHeadKind.spectrometer, .led8])
    func `no placements are no reading`(head: NIRHeadKind) throws {
        let model = try head == .led8 ? shippedLEDModel() : shippedModel()
        #expect(model.read([]) == .mismatched)
        #expect(model.judge(reflectances: []).reading == .unreadable)
        #expect(model.judge(reflectances: [[], []]).reading == .unreadable)
        #expect(model.judge(features: []).reading == .unreadable)
        #expect(model.explain([]).ranking.isEmpty)
    }
}
