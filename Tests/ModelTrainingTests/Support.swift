import Foundation
import MaterialModel
import SmallNumerics
import Testing
import Vocabulary

@testable import ModelTraining

/// Measured spectra that are no part of the repository; tests that need them are skipped without.
enum MeasuredData {
    static let folder =
        ProcessInfo.processInfo.environment["RETURN_STATION_DATA"]
        ?? URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../shared/data").standardized
        .path

    static let isHere = FileManager.default.fileExists(atPath: folder + "/ps_avantes.csv")
    static let absence: Comment = "the measured spectra (../shared/data, or RETURN_STATION_DATA) are not here"

    static func file(_ name: String) throws -> SpectraFile {
        try SpectraFile(data: Data(contentsOf: URL(filePath: "\(folder)/\(name)")), name: name)
    }
}

/// Spectra that were never measured: each class has a dip of its own, each object is a little different, and foreign
/// things have another dip.
struct MadeUp: CustomTestStringConvertible {
    var channels: [Double]
    var prefix: String
    var session: String

    static let spectrometer = MadeUp(
        channels: (0..<36).map { 1020 + Double($0) * 19 }, prefix: "r_", session: "one")
    static let leds = MadeUp(
        channels: NIRHeadKind.led8.bandsNanometres, prefix: "refl_", session: LEDTrainer.Frozen.mainSession)

    var testDescription: String { "\(channels.count) channels" }

    static let dips: [(material: String, nanometres: Double)] = [
        ("PET", 1130), ("HDPE", 1215), ("PP", 1410), ("PS", 1660), ("ABS", 1300),
    ]

    /// A table of objects of the classes and some foreign ones.
    func table(objects: Int, placements: Int, foreign: Int = 3, seed: UInt64 = 1) -> String {
        var random = SplitMix64(seed: seed)
        var lines = [
            "session,object,material,rep,note," + channels.map { "\(prefix)\($0)" }.joined(separator: ",")
        ]
        for (material, nanometres) in Self.dips {
            for number in 0..<(material == "ABS" ? foreign : objects) {
                let depth = 0.3 + 0.1 * random.uniform()
                let width = 30 + 6 * random.uniform()
                for placement in 1...placements {
                    let level = 0.5 + 0.3 * random.uniform()
                    let values = channels.map { place -> String in
                        let distance = (place - nanometres) / width
                        let curve = level * (1 - depth / (1 + distance * distance)) * (1 + 0.003 * random.normal())
                        return String((curve * 1e6).rounded() / 1e6)
                    }
                    lines.append(
                        "\(session),\(material)-\(number),\(material),\(placement),,\(values.joined(separator: ","))")
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    func file(objects: Int, placements: Int, foreign: Int = 3, seed: UInt64 = 1) throws -> SpectraFile {
        let text = table(objects: objects, placements: placements, foreign: foreign, seed: seed)
        return try SpectraFile(data: Data(text.utf8), name: "made-up.csv")
    }
}
