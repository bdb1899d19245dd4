import MaterialModel
import TestSupport
import Testing
import Vocabulary

struct SpectralModelTests {
    let model: SpectralModel
    let fixture: PosteriorFixture

    init() throws {
        model = try shippedModel()
        fixture = try PosteriorFixture.load()
    }

    @Test func `the probabilities are those that numpy computes`() throws {
        #expect(fixture.cases.count == 13)
        for entry in fixture.cases {
            let judgement = model.judge([fixture.spectrum(entry.raw)])
            let reading = "\(judgement.reading)".prefix { $0 != "(" }
            #expect(reading == entry.reading, "\(entry.name)")
            #expect(judgement.probabilities.count == entry.probabilities.count, "\(entry.name)")
            for (found, expected) in zip(judgement.probabilities, entry.probabilities) {
                #expect(abs(found - expected) < 2e-6, "\(entry.name)")
            }
        }
    }

    @Test func `a literal spectrum keeps its literal probabilities`() throws {
        // Frozen apart from the fixture file, so that file and code cannot drift together.
        let found = model.judge([try fixture.spectrum("half hdpe, half pp")])
        #expect(model.materials == [.pet, .hdpe, .pp, .ps])
        #expect(found.reading == .strange)
        #expect(found.probabilities.map { Int(($0 * 10_000).rounded()) } == [25, 9173, 777, 25])
    }

    @Test func `brightness does not change what is read`() throws {
        guard case .familiar(let bright, _) = model.read([try fixture.spectrum("pp")]),
            case .familiar(let dim, _) = model.read([try fixture.spectrum("dim pp")])
        else {
            Issue.record("not familiar")
            return
        }
        for (left, right) in zip(bright, dim) { #expect(abs(left - right) < 0.01) }
    }

    struct Degenerate: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reading: SpectralReading
        var change: @Sendable (inout Spectrum) -> Void
    }

    static let degenerate: [Degenerate] = [
        Degenerate(testDescription: "white equals dark", reading: .unreadable) { $0.white = $0.dark },
        Degenerate(testDescription: "white below dark", reading: .unreadable) { swap(&$0.white, &$0.dark) },
        Degenerate(testDescription: "all zero", reading: .unreadable) {
            $0.raw = $0.raw.map { _ in 0 }
            $0.white = $0.raw
            $0.dark = $0.raw
        },
        Degenerate(testDescription: "clipped", reading: .unreadable) { $0.raw = $0.raw.map { _ in .max } },
        Degenerate(testDescription: "a clipped white reference", reading: .unreadable) {
            $0.white = $0.white.map { _ in .max }
        },
        Degenerate(testDescription: "a black item", reading: .unreadable) { $0.raw = $0.dark.map { $0 + 600 } },
        Degenerate(testDescription: "darker than dark", reading: .unreadable) { $0.raw = $0.raw.map { _ in 0 } },
        Degenerate(testDescription: "perfectly flat", reading: .flat) { $0.raw = $0.raw.map { _ in 15_000 } },
        Degenerate(testDescription: "a straight slope", reading: .flat) {
            $0.raw = $0.raw.indices.map { UInt16(9000 + 40 * $0) }
        },
        Degenerate(testDescription: "flat with the noise of a detector", reading: .flat) {
            $0.raw = $0.raw.indices.map { UInt16(15_000 + 20 * ($0 * 7 % 3)) }
        },
        Degenerate(testDescription: "noise without shape", reading: .strange) {
            $0.raw = $0.raw.indices.map { UInt16(15_000 + 900 * ($0 / 3 * 7 % 5)) }
        },
        Degenerate(testDescription: "five dead bands", reading: .unreadable) {
            for band in [0, 20, 21, 60, 127] { $0.white[band] = $0.dark[band] }
        },
        Degenerate(testDescription: "no bands", reading: .mismatched) {
            $0 = Spectrum(wavelengthsDecinanometres: [], raw: [], white: [], dark: [], integrationMicroseconds: 1)
        },
        Degenerate(testDescription: "one band missing", reading: .mismatched) { $0.raw.removeLast() },
        Degenerate(testDescription: "another head", reading: .mismatched) { $0.wavelengthsDecinanometres[64] += 11 },
    ]

    @Test(arguments: degenerate)
    func `a degenerate spectrum is no polymer`(row: Degenerate) throws {
        var spectrum = try fixture.spectrum("pp")
        row.change(&spectrum)
        #expect(model.read([spectrum]) == row.reading)
    }

    @Test func `four dead bands are mended from their neighbours`() throws {
        var spectrum = try fixture.spectrum("pp")
        for band in [0, 60, 61, 127] { spectrum.raw[band] = .max }
        guard case .familiar(let probabilities, _) = model.read([spectrum]) else {
            Issue.record("not familiar")
            return
        }
        #expect(probabilities[2] > 0.99)
    }

    @Test func `a head that does not fit is described in a sentence`() throws {
        var spectrum = try fixture.spectrum("pp")
        #expect(model.mismatch(with: spectrum) == nil)
        spectrum.wavelengthsDecinanometres[0] += 10
        #expect(model.mismatch(with: spectrum) == nil)
        spectrum.wavelengthsDecinanometres[0] += 1
        #expect(
            model.mismatch(with: spectrum)
                == "The NIR head's spectrum was compared with the model: a band lies at 1015.6 nm where the model has "
                + "1014.5 nm. Its spectra are ignored; install the model for this head.")
        spectrum.dark.removeLast()
        #expect(
            model.mismatch(with: spectrum)
                == "The NIR head's spectrum was compared with the model: it has 128 wavelengths, 128 raw, 128 white "
                + "and 127 dark values, the model 128 bands of a spectrometer. Its spectra are ignored; install the model for this head."
        )
    }

    @Test func `any counts at all give probabilities or none`() throws {
        var random = SplitMix(seed: 7)
        for _ in 0..<2000 {
            var spectrum = try fixture.spectrum("pp")
            let ceiling = [2, 300, 5000, 65_536][Int(random.next() % 4)]
            for band in spectrum.raw.indices {
                spectrum.raw[band] = UInt16(random.next() % UInt64(ceiling))
                spectrum.white[band] = UInt16(random.next() % 65_536)
                spectrum.dark[band] = UInt16(random.next() % 600)
            }
            if case .familiar(let probabilities, _) = model.read([spectrum]) {
                #expect(abs(probabilities.reduce(0, +) - 1) < 1e-9)
                #expect(probabilities.allSatisfy { $0 >= 0 && $0 <= 1 })
            }
        }
    }
}
