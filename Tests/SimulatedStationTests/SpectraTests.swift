import FoundationEssentials
import Glibc
import ShippedFiles
import Testing
import Vocabulary

@testable import SimulatedStation

@Suite struct SpectraTests {
    private static let json = """
        {"version":2,"wavelengthsDecinanometres":[10000,11000,12000],"origin":"test",
        "references":{"common":0.07,"perBand":0.02,"relaxationHours":8},
        "covariances":{"pp items":{"components":[[1000,500,0]],"diagonal":[0,0,0]},
        "pp placements":{"components":[],"diagonal":[0,200,0]}},
        "classes":[{"name":"pp","origin":"measured","objects":3,"mean":[-1000,-7000,-3500],
        "items":"pp items","placements":"pp placements"}]}
        """

    private static func library() throws -> SpectraLibrary {
        try SpectraLibrary(json: Data(json.utf8), file: "s.json")
    }

    @Test func `Spectra drawn have the mean and the spreads of their class`() throws {
        let library = try Self.library()
        var random = SeededRandom(seed: 1)
        let scans = (0..<4000).map { seed in
            library.scan(of: "pp", itemSeed: UInt64(seed), random: &random).map { Glibc.log(Double($0)) }
        }
        let expected: [(mean: Double, spread: Double)] = [(-0.1, 0.1), (-0.7, 0.0539), (-0.35, 0)]
        for band in 0..<3 {
            let values = scans.map { $0[band] }
            let mean = values.reduce(0, +) / 4000
            let square: Double = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4000
            #expect(abs(mean - expected[band].mean) < 0.01)
            #expect(abs(square.squareRoot() - expected[band].spread) < 0.005)
        }
    }

    @Test func `One item keeps its own curve from placement to placement`() throws {
        let library = try Self.library()
        var random = SeededRandom(seed: 1)
        let first = library.scan(of: "pp", itemSeed: 5, random: &random)
        let second = library.scan(of: "pp", itemSeed: 5, random: &random)
        #expect(first[0] == second[0])
        #expect(first[1] != second[1])
    }

    @Test func `A typical item looks like the mean of its class, but for its placement`() throws {
        let library = try Self.library()
        var random = SeededRandom(seed: 1)
        for seed in 0..<5 as Range<UInt64> {
            let scan = library.scan(of: "pp", itemSeed: seed, isTypical: true, random: &random)
            #expect(abs(Glibc.log(scan[0]) + 0.1) < 1e-5 && abs(Glibc.log(scan[2]) + 0.35) < 1e-5)
            #expect(abs(Glibc.log(scan[1]) + 0.7) > 1e-5)
        }
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
        let version = Self.json.replacing("\"version\":2", with: "\"version\":1")
        let error = try #require(throws: SpectraError.self) {
            try SpectraLibrary(json: Data(version.utf8), file: "s.json")
        }
        #expect(error.description == "s.json: version 1 of spectra statistics is not known; use version 2")
        let short = Self.json.replacing("[-1000,-7000,-3500]", with: "[-1000,-7000]")
        let shape = try #require(throws: SpectraError.self) {
            try SpectraLibrary(json: Data(short.utf8), file: "s.json")
        }
        #expect(shape.description == "s.json: class pp has a curve of another length than 3 bands")
    }

    @Test func `A class that names a spread that is not there is refused with a sentence`() throws {
        let wrong = Self.json.replacing("\"items\":\"pp items\"", with: "\"items\":\"ps items\"")
        let error = try #require(throws: SpectraError.self) {
            try SpectraLibrary(json: Data(wrong.utf8), file: "s.json")
        }
        #expect(error.description == "s.json: class pp names the covariance \"ps items\", which is not there")
    }

    @Test(arguments: NIRHeadKind.allCases)
    func `The shipped statistics are small, have the head's bands and the strangers, and say where they come from`(
        _ kind: NIRHeadKind
    ) throws {
        let file = "config/" + SpectraLibrary.shippedFile(for: kind)
        let text = Shipped.text(file)
        #expect(text.utf8.count > 0 && text.utf8.count <= 256 << 10)
        #expect(text.contains("made public by the Plastic Scanner project") && text.contains("\"licence\":\""))
        let library = try SpectraLibrary(json: Data(text.utf8), file: file)
        #expect(library.wavelengthsDecinanometres == kind.wavelengthsDecinanometres)
        #expect(
            library.names == [
                "abs", "aluminium", "dark", "fibre", "glass", "hdpe", "ldpe", "pet", "pla", "pmma", "pp", "ps", "pvc",
                "steel",
            ])
    }
}
