import ArgumentParser
import FoundationEssentials

/// The shipped files that a simulated station needs.
struct ShippedFolder: ParsableArguments {
    @Option(help: "The folder with catalogue.yaml, rs-1-sim.yaml, rs-1l-sim.yaml and models/.")
    var config = "config"

    @Option(help: "The station: rs-1 or rs-1l.")
    var station = ShippedStation.spectrometer

    func setup() throws -> Setup { try Setup(folder: config, station: station) }
}

/// Where a measurement writes.
struct ScratchFolder: ParsableArguments {
    @Option(help: "Where everything is written; removed afterwards.")
    var directory = FileManager.default.temporaryDirectory.path

    /// Gives a new folder to the work, and removes it with all that is in it.
    func with<Result>(_ work: (_ folder: String) throws -> Result) throws -> Result {
        let folder = "\(directory)/station-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try work(folder)
    }
}
