import FoundationEssentials
import Testing

@testable import SimulatedStation

@Suite struct SpectraTests {
    private static let json = """
        {"version":1,"wavelengthsDecinanometres":[10000,11000,12000],"origin":"test","classes":[
        {"name":"pp","origin":"measured","objects":3,"mean":[0.9,0.5,0.7],
        "betweenItems":[{"sigma":0.1,"vector":[1,0,0]}],"withinItems":[{"sigma":0.02,"vector":[0,1,0]}]}]}
        """

    private static func library() throws -> SpectraLibrary {
        try SpectraLibrary(json: Data(json.utf8), file: "s.json")
    }

    @Test func `Spectra drawn have the mean and the spreads of their class`() throws {
        let library = try Self.library()
        var random = SeededRandom(seed: 1)
        let scans = (0..<4000).map { library.scan(of: "pp", itemSeed: UInt64($0), random: &random) }
        let means = (0..<3).map { band in scans.reduce(0) { $0 + Double($1[band]) } / 4000 }
        let spreads = (0..<3).map { band in
            (scans.reduce(0) { $0 + (Double($1[band]) - means[band]) * (Double($1[band]) - means[band]) } / 4000)
                .squareRoot()
        }
        for (mean, expected) in zip(means, [0.9, 0.5, 0.7]) { #expect(abs(mean - expected) < 0.01) }
        for (spread, expected) in zip(spreads, [0.1, 0.02, 0]) { #expect(abs(spread - expected) < 0.005) }
    }

    @Test func `One item keeps its own curve from placement to placement`() throws {
        let library = try Self.library()
        var random = SeededRandom(seed: 1)
        let first = library.scan(of: "pp", itemSeed: 5, random: &random)
        let second = library.scan(of: "pp", itemSeed: 5, random: &random)
        #expect(first[0] == second[0])
        #expect(first[1] != second[1])
    }

    @Test func `Measured scans are resampled onto the bands and replayed`() throws {
        let csv = """
            session,object,material,rep,dark_corrected,note,r_950,r_1050,r_1150,r_1250
            a,item:1,PP,1,1,,0.2,0.4,0.6,0.8
            a,item:2,PP,1,0,,9,9,9,9
            a,item:3,unknown,1,1,,9,9,9,9

            """
        let library = try Self.library().replaying(csv: csv, file: "m.csv")
        var random = SeededRandom(seed: 1)
        let scan = library.scan(of: "pp", itemSeed: 3, random: &random)
        for (value, expected) in zip(scan, [0.3, 0.5, 0.7] as [Float]) { #expect(abs(value - expected) < 1e-6) }
    }

    @Test func `A file of another version or shape is refused with a sentence`() throws {
        let version = Self.json.replacing("\"version\":1", with: "\"version\":2")
        let error = try #require(throws: SpectraError.self) {
            try SpectraLibrary(json: Data(version.utf8), file: "s.json")
        }
        #expect(error.description == "s.json: version 2 of spectra statistics is not known; use version 1")
        let short = Self.json.replacing("[0.9,0.5,0.7]", with: "[0.9,0.5]")
        let shape = try #require(throws: SpectraError.self) {
            try SpectraLibrary(json: Data(short.utf8), file: "s.json")
        }
        #expect(shape.description == "s.json: class pp has a curve of another length than 3 bands")
    }
}
