import Foundation
import TestSupport
import Testing

/// A technician calibrates RS-1L's head, which is another board than the one that the model was trained for.
extension EndToEndTests {
    private struct Outcome: Decodable {
        var ending: String
        var sha256: String?
    }

    private static let materials = ["pet", "hdpe", "pp", "ps"]
    /// What this board's bands answer beside those of the other.
    private static let tilt = [1, 0.97, 1.05, 0.95, 1.06, 0.96, 1.05, 0.92]

    /// Scans as the other board would have made them, in the columns that the simulator replays.
    private func scans(in folder: String) async throws -> String {
        let catalogue = Executables.repository.appending(path: "config/catalogue.yaml").path
        let items = Self.materials.map { "\($0):4" }.joined(separator: ",")
        let drawn = try await CommandResult.of(
            "station-sim", ["spectra", "--catalogue", catalogue, "--nir-head", "led8", "--items", items], in: folder)
        let rows = drawn.output.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        let head = try #require(rows.first)
        let columns = head.indices.filter { head[$0].hasPrefix("refl_") }
        let lines = rows.dropFirst().map { row in
            let values = zip(columns, Self.tilt).map { "\((Double(row[$0]) ?? 0) * $1)" }
            return ([row[1], row[2]] + values).joined(separator: ",")
        }
        return
            (["object,material," + columns.map { head[$0].replacing("refl", with: "r") }.joined(separator: ",")] + lines)
            .joined(separator: "\n") + "\n"
    }

    @Test func `a technician calibrates the head with known items, and what was measured calibrates again`()
        async throws
    {
        try await withSite(example: "rs-1l-sim.yaml") { site in
            try site.write(try await scans(in: site.folder), to: "scans.csv")
            let items = Self.materials.map { "  - {material: \($0), mass: \"20 g\", repeat: 3}" }.joined(
                separator: "\n")
            let simulator = try await site.startSimulator(
                "seed: 7\nitems:\n\(items)\n",
                equipment: ["--nir-head", "led8", "--bench", "3", "--measured-spectra", "scans.csv"])
            let named = Self.materials.flatMap { material in
                (1...3).flatMap { ["--item", "\(material):\(material)-\($0)"] }
            }
            let command = ["calibrate", "nir", "--config", Site.configuration, "--output", "adapted.json"]
            let told = try await CommandResult.of(
                "stationctl", command + named, in: site.folder, input: String(repeating: "\n", count: 36))
            #expect(told.code == 0, "\(told.complaint)")
            #expect(told.output.contains("named rightly"))
            #expect(told.output.contains("Put `model: \(site.folder)/adapted.json` into station.yaml"))
            #expect(
                told.complaint.contains(
                    "12 of 12: ps-3 (ps), take it off and put it there again, turned a little (3 of 3)"))
            simulator.send(SIGTERM)
            _ = try await simulator.ended()

            // Offline, from what was kept: the same bytes.
            let again = try await CommandResult.of(
                "stationctl",
                [
                    "calibrate", "nir", "--config", Site.configuration, "--data", "adapted.csv", "--output",
                    "again.json",
                    "--json",
                ], in: site.folder)
            let outcome = try again.decoded(as: Outcome.self)
            #expect(outcome.ending == "written" && outcome.sha256 != nil)
            let files = try ["adapted.json", "again.json"].map {
                try Data(contentsOf: URL(filePath: "\(site.folder)/\($0)"))
            }
            #expect(files[0] == files[1])
            let shown = try await site.stationctl("model", "show", "adapted.json")
            #expect(shown.output.contains("adapted to a head by 12 known items (rs-1l-sim 20"))
            // The daemon takes it.
            let model = Executables.repository.appending(path: "config/models/led-8.json").path
            try site.change("model: \(model)", to: "model: adapted.json")
            let check = try await site.stationctl("config", "check", Site.configuration)
            #expect(check.code == 0, "\(check.complaint)")
        }
    }
}
