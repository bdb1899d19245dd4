import Glibc
import MaterialModel
import Testing
import Vocabulary

/// Several placements of one item, one verdict.
struct PlacementTests {
    let model: SpectralModel
    let fixture: PosteriorFixture

    init() throws {
        model = try shippedModel()
        fixture = try PosteriorFixture.load()
    }

    @Test func `the order of placements changes nothing`() throws {
        let placements = [try fixture.spectrum("pp"), try fixture.spectrum("dim pp"), try fixture.spectrum("odd pp")]
        let found = model.judge(placements)
        let reversed = model.judge(placements.reversed())
        #expect(found.reading == .familiar(found.probabilities, excludedBelow: 0.05))
        for (left, right) in zip(found.probabilities, reversed.probabilities) { #expect(abs(left - right) < 1e-12) }
    }

    @Test func `placements of two materials contradict each other`() throws {
        let placements = [try fixture.spectrum("pp"), try fixture.spectrum("hdpe")]
        #expect(model.read(placements) == .contradictory)
        #expect(model.judge(placements).isDecided == false)
    }

    @Test func `a placement that is like nothing names no material, so it contradicts none`() throws {
        for strange in ["half hdpe, half pp", "abs", "ldpe"] {
            let other = try fixture.spectrum(strange)
            // By itself it is nearest to another class.
            let alone = model.judge([other])
            #expect(alone.reading == .strange && (alone.probabilities[1] > 0.9 || alone.probabilities[3] > 0.9))
            #expect(model.read([try fixture.spectrum("pp"), other]) != .contradictory)
        }
    }

    @Test func `an unreadable placement does not spoil the others`() throws {
        let black = fixture.spectrum([UInt16](repeating: fixture.dark + 400, count: 128))
        let readable = try fixture.spectrum("pet")
        #expect(model.read([black]) == .unreadable)
        #expect(model.read([black, readable]) == model.read([readable]))
    }

    @Test func `a placement of another head makes all of them mismatched`() throws {
        #expect(
            model.read([try fixture.spectrum("pp"), ledSpectrum([Double](repeating: 0.5, count: 8))]) == .mismatched)
        #expect(model.read([]) == .mismatched)
    }

    @Test func `reflectances that are no numbers are unreadable`() {
        let count = model.channelsNanometres.count
        var curve = [Double](repeating: 0.5, count: count)
        curve[7] = .nan
        #expect(model.judge(reflectances: [curve]).reading == .unreadable)
        curve[7] = .infinity
        #expect(model.judge(reflectances: [curve]).reading == .unreadable)
        #expect(model.judge(reflectances: [[0.5]]).reading == .unreadable)
        #expect(model.judge(reflectances: [[Double](repeating: -1, count: count)]).reading == .unreadable)
        #expect(model.judge(reflectances: [[Double](repeating: 1e300, count: count)]).reading == .unreadable)
    }

    @Test func `the explanation names the class, the runner-up and where the spectrum lies`() throws {
        let found = model.explain([try fixture.spectrum("pp")])
        #expect(found.ranking.map(\.material).first == .pp)
        #expect(found.ranking.count == 4)
        #expect(found.ranking[0].meanDeviation < found.ranking[1].meanDeviation)
        #expect(found.features.count == 53)
        let novelty = try #require(found.judgement.novelty)
        let least = try #require(found.leastNovelty)
        #expect(novelty > least)
        let places = found.features.map(\.nanometres)
        #expect(places == places.sorted() && places[0] > 1014 && places[52] < 1720)
        #expect(model.explain([fixture.spectrum([UInt16](repeating: fixture.dark, count: 128))]).ranking.isEmpty)
    }
}

struct LEDModelTests {
    let model: SpectralModel
    private let usual: [Spectrum]

    init() throws {
        let leds = try shippedLEDModel()
        model = leds
        usual = try leds.materials.map { try typicalLED($0, leds) }
    }

    private func typical(_ place: Int) -> Spectrum { usual[place] }

    @Test func `what looks like the mean of a class is named so`() {
        for (place, material) in model.materials.enumerated() {
            guard case .familiar(let probabilities, _) = model.read([typical(place)]) else {
                Issue.record("\(material) is not familiar")
                continue
            }
            #expect(abs(probabilities.reduce(0, +) - 1) < 1e-12)
            #expect(probabilities.max() == probabilities[place], "\(material) \(probabilities)")
        }
    }

    @Test func `the order of placements changes nothing`() {
        let placements = [typical(0), typical(2), typical(3)]
        let found = model.judge(placements).probabilities
        let reversed = model.judge(placements.reversed()).probabilities
        for (left, right) in zip(found, reversed) { #expect(abs(left - right) < 1e-12) }
    }

    @Test func `each number of placements has its own calibration, and the last stands for more`() throws {
        guard case .led8(let parameters) = model.content.parameters else { return }
        let own = try #require(features(of: typical(1)))
        let scores = { (count: Int) in
            parameters.predictor.scores(of: [[Double]](repeating: own.values, count: count)).both
        }
        for (count, place) in [(1, 0), (2, 1), (3, 2), (5, 2)] {
            let found = model.judge([Spectrum](repeating: typical(1), count: count)).probabilities
            #expect(found == parameters.calibrations[place].probabilities(scores(count)), "\(count)")
            // And its own limit that a class is excluded below.
            let limit = model.content.limits.excludedBelow[place]
            #expect(
                model.read([Spectrum](repeating: typical(1), count: count))
                    == .familiar(found, excludedBelow: limit))
        }
        #expect(model.content.limits.excludedBelow[0] > model.content.limits.excludedBelow[1])
        // One placement is worth less than the same shape found again after it was moved.
        let confidences = [1, 2, 3].map { model.judge([Spectrum](repeating: typical(1), count: $0)).probabilities[1] }
        #expect(confidences[0] < confidences[1] && confidences[0] < confidences[2])
    }

    @Test func `the score of a set is divided by how alike its own placements are`() throws {
        guard case .led8(let parameters) = model.content.parameters else { return }
        let scorer = parameters.predictor.ofPlacements
        let pair = try [0, 3].map { try #require(features(of: typical($0))).values }
        let whitened = pair.map { scorer.whitening.times(Array($0.dropLast())) }
        let distance = zip(whitened[0], whitened[1]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let similarity = ((2 + 2 * exp(-scorer.gamma * distance)) / 4).squareRoot()
        #expect(similarity < 0.95)
        #expect(abs(scorer.selfSimilarity(ofWhitened: whitened) - similarity) < 1e-12)
        let sums = zip(scorer.scores(ofWhitened: whitened[0]), scorer.scores(ofWhitened: whitened[1])).map {
            max(($0 + $1) / 2 / similarity + 0.25, parameters.predictor.leastScore)
        }
        let found = parameters.predictor.scores(of: pair).ofPlacements
        for (left, right) in zip(found, sums) { #expect(abs(left - right / sums.reduce(0, +)) < 1e-12) }
    }

    @Test func `a placement too dark to count is no placement for the calibration`() {
        let dark = ledSpectrum([Double](repeating: 0.01, count: 8))
        #expect(model.judge([typical(1), dark, dark]) == model.judge([typical(1)]))
    }

    @Test func `the deciding probability is that of the number of placements`() throws {
        guard case .led8(let parameters) = model.content.parameters else { return }
        for count in 1...3 {
            let found = model.judge([Spectrum](repeating: typical(3), count: count))
            let least = parameters.calibrations[count - 1].decidingProbability
            #expect(found.isDecided == ((found.probabilities.max() ?? 0) >= least))
        }
    }

    private func features(of spectrum: Spectrum) -> PlacementFeatures? {
        model.features(ofChannels: spectrum.raw.map { (Double($0) - 1000) / 20_000 })
    }

    @Test func `a spectrum without light, shape or scale is no polymer`() {
        #expect(model.read([ledSpectrum([Double](repeating: 0.02, count: 8))]) == .unreadable)
        #expect(model.read([ledSpectrum([Double](repeating: 0.6, count: 8))]) == .flat)
        var noScale = typical(0)
        noScale.white = noScale.dark
        #expect(model.read([noScale]) == .unreadable)
        var missing = typical(0)
        missing.raw.removeLast()
        #expect(model.read([missing]) == .mismatched)
    }

    @Test func `the spectrometer's spectra are another head's`() throws {
        let spectrum = try PosteriorFixture.load().spectrum("pp")
        #expect(model.read([spectrum]) == .mismatched)
        #expect(
            model.mismatch(with: spectrum)
                == "The NIR head's spectrum was compared with the model: it has 128 wavelengths, 128 raw, 128 white and "
                + "128 dark values, the model 8 bands of an 8-LED head. Its spectra are ignored; install the model for "
                + "this head.")
    }

    @Test func `any counts at all give probabilities or none`() {
        var state: UInt64 = 3
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        for _ in 0..<2000 {
            var spectrum = typical(0)
            for band in spectrum.raw.indices {
                spectrum.raw[band] = UInt16(next() % 65_536)
                spectrum.white[band] = UInt16(next() % 65_536)
                spectrum.dark[band] = UInt16(next() % 600)
            }
            if case .familiar(let probabilities, _) = model.read([spectrum]) {
                #expect(abs(probabilities.reduce(0, +) - 1) < 1e-9)
                #expect(probabilities.allSatisfy { $0 >= 0 && $0 <= 1 })
            }
        }
    }
}
