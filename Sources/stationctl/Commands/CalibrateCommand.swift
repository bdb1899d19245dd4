import ArgumentParser
import FoundationEssentials
import Hardware
import MaterialModel
import ModelTraining
import OperatorAPI
import StationConfig
import Vocabulary

struct CalibrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate", abstract: "Fit a station's models to its own devices.",
        subcommands: [CalibrateNIRCommand.self])
}

struct CalibrateNIRCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nir",
        abstract: "Adapt the spectral model to this station's near-infrared head by a few known items.",
        discussion: """
            With --item, each item is measured on the head: stop the daemon first, it holds the bus. Every measurement \
            is kept in a table at once (--record). With --data, such tables are used instead, or beside. At least \
            \(Calibration.leastItemsPerClass) items of each material that the model knows are needed. Each known item \
            is then judged without what it taught; if that is no better than before, nothing is written. \
            docs/calibration.md has the steps. \
            Exit code 1 if there is no benefit or the person ended it, 66 if the data cannot be used, 69 if the head \
            cannot be reached, 78 if the configuration or the model cannot be used.
            """)

    @Option(help: ArgumentHelp("The station's configuration: it names head and model.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The model to adapt; by default that of the configuration.", valueName: "file"))
    var model: String?

    @Option(help: ArgumentHelp("An item to measure, such as pet:bottle-1; once for each.", valueName: "material:name"))
    var item: [NamedItem] = []

    @Option(parsing: .upToNextOption, help: "Tables of known items that were measured on this head before.")
    var data: [String] = []

    @Option(help: ArgumentHelp("Where to write the adapted model.", valueName: "file"))
    var output: String

    @Option(help: "How often each item is put before the head, 1 to 10.")
    var placements = 3

    @Option(help: ArgumentHelp("Where measurements are kept; by default the output with .csv.", valueName: "file"))
    var record: String?

    @Flag(help: "Write the model also if the known items show no benefit.")
    var force = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        if item.isEmpty, data.isEmpty { throw ValidationError("Name known items with --item, or tables with --data.") }
        if !item.isEmpty, config == nil {
            throw ValidationError("--item measures, and needs --config to find the head.")
        }
        if config == nil, model == nil { throw ValidationError("Name the model with --config or --model.") }
        guard Calibration.placementRange.contains(placements) else {
            throw ValidationError("--placements \(placements) is not between 1 and 10.")
        }
        let twice = Dictionary(grouping: item, by: \.name).filter { $0.value.count > 1 }.keys.sorted()
        if let name = twice.first { throw ValidationError("--item \(name) stands twice; each item is measured once.") }
    }

    func run() async throws {
        let settings = try config.map(settings)
        let base = try ModelCommand.ending { try adaptable(settings) }
        var tables = try ModelCommand.ending {
            let tables = try data.map { try SpectraFile(data: try ModelCommand.bytes($0), name: $0) }
            try refuseTooFew(tables, base.model)
            return tables
        }
        if let settings, !item.isEmpty { tables.append(try await measure(settings, base.model)) }
        let found = try ModelCommand.ending {
            let file = try SpectraFile.joined(tables)
            return try Calibration(of: base.model, by: try KnownItem.items(of: file, for: base.model))
        }
        try finish(found)
    }

    private func settings(_ file: String) throws -> StationSettings {
        let check = ConfigCheck(file: file)
        guard let settings = check.report?.settings else {
            writeComplaint(check.problems.joined(separator: "\n"))
            throw Ending.badConfiguration
        }
        return settings
    }

    private func adaptable(_ settings: StationSettings?) throws -> AdaptableModel {
        let file = model ?? settings?.modelFile ?? ""
        return try AdaptableModel(try SpectralModel(json: try ModelCommand.bytes(file), file: file))
    }

    /// Before anybody has measured for half an hour.
    private func refuseTooFew(_ tables: [SpectraFile], _ model: SpectralModel) throws(TrainingError) {
        var items: [KnownItem] = []
        for table in tables { items += try KnownItem.items(of: table, for: model) }
        for one in item {
            guard let place = model.materials.firstIndex(of: one.material) else {
                throw TrainingError(
                    "--item \(one.material.rawValue):\(one.name): the model knows "
                        + "\(model.materials.map(\.rawValue).joined(separator: ", ")), and nothing can be learned of "
                        + "another material. Leave it out.")
            }
            guard !items.contains(where: { $0.name == one.name }) else {
                throw TrainingError(
                    "--item \(one.name) is in the tables of --data as well. Give it another name if it is another item."
                )
            }
            items.append(KnownItem(name: one.name, place: place, sessions: [], placements: []))
        }
        if let complaint = Calibration.complaint(ofCounts: items, for: model) { throw TrainingError(complaint) }
    }

    private func finish(_ found: Calibration) throws {
        let isBetter = found.adaptation.isBetter(head: found.model.head)
        let isWritten = isBetter || force
        if isWritten { try ModelCommand.ending { try write(found.file) } }
        let outcome = CalibrationOutcome(
            ending: isBetter ? .written : force ? .forced : .notBetter, file: output,
            sha256: isWritten ? found.model.hash : nil, adaptation: found.adaptation)
        writeResult(
            json
                ? String(decoding: try OperatorJSON.encode(outcome), as: UTF8.self)
                : calibrationText(outcome, path: absolute(output), head: found.model.head, config: config))
        if !isWritten { throw Ending.problemFound }
    }

    /// A configuration's paths are relative to its own folder, the command's to the folder that it is called in.
    private func absolute(_ path: String) -> String { URL(filePath: path).standardized.path }

    private func write(_ bytes: Data) throws(TrainingError) {
        do {
            try bytes.write(to: URL(filePath: output), options: .atomic)
        } catch {
            throw TrainingError(
                "\(output): the model could not be written: \(error). Choose another place; what was measured is kept.")
        }
    }
}
