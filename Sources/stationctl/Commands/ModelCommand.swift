import ArgumentParser
import FoundationEssentials
import MaterialModel
import ModelTraining
import OperatorAPI
import Vocabulary

/// Not asynchronous commands: they compute, for a minute at most.
struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Train, evaluate and look at the model that reads spectra.",
        subcommands: [Train.self, Evaluate.self, Show.self])

    static let usualSeed: UInt64 = 1

    struct Train: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "train",
            abstract: "Learn a model from measured spectra, with the frozen configuration, and write its file.",
            discussion: """
                The table's first line names its columns: session, object, material, and reflectances as r_NANOMETRES \
                (spectrometer) or refl_NANOMETRES (8-LED head). Every object is left out in turn to say how good the \
                model is, which takes about a minute. The same data and seed give the same bytes. \
                Exit code 66 if the data cannot be used.
                """)

        @Option(help: "The head that the data was measured with: spectrometer or led8.")
        var head: NIRHeadKind

        @Option(parsing: .upToNextOption, help: "Tables of measured spectra, as CSV.")
        var data: [String]

        @Option(help: "Where to write the model.")
        var output: String

        @Option(help: "What the model states on the origin of the data.")
        var origin = "not stated"

        @Option(help: "What the model states on the licence of the data.")
        var licence = "not stated"

        @Option(help: "The seed of everything that is drawn.")
        var seed = ModelCommand.usualSeed

        func run() throws {
            try ModelCommand.ending {
                let sources = try data.map { try ModelCommand.source($0) }
                let found = try SpectraFile(data: sources[0].data, name: data[0]).head
                guard found == head else {
                    throw TrainingError(
                        "\(data[0]): it has the reflectances of \(found.phrase), not of \(head.phrase).")
                }
                let model = try makeModelFile(
                    sources, notes: TrainingNotes(origin: origin, licence: licence), seed: seed)
                do {
                    try model.write(to: URL(filePath: output), options: .atomic)
                } catch {
                    throw TrainingError("\(output): the model could not be written: \(error). Choose another place.")
                }
                writeResult(modelText(try SpectralModel(json: model, file: output), file: output, bytes: model.count))
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show what a model was trained on, how good it is and what limits it has.",
            discussion: "Exit code 78 if the file is no model of this release.")

        @Argument(help: "The model's file.")
        var model: String

        func run() throws {
            try ModelCommand.ending {
                let data = try ModelCommand.bytes(model)
                writeResult(modelText(try SpectralModel(json: data, file: model), file: model, bytes: data.count))
            }
        }
    }

    /// Sentences instead of errors, and the exit code that stands for them.
    static func ending<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as TrainingError {
            writeComplaint(error.message)
            throw Ending.noInput
        } catch let error as ModelFileError {
            writeComplaint("\(error)")
            throw Ending.badConfiguration
        }
    }

    static func bytes(_ path: String) throws(TrainingError) -> Data {
        do {
            return Data(try ConfigCheck.text(of: path).utf8)
        } catch {
            throw TrainingError("\(path): the file cannot be read: \(error.reason). Name another one.")
        }
    }

    static func source(_ path: String) throws(TrainingError) -> TrainingSource {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return TrainingSource(name: name, data: try bytes(path))
    }

    static func spectra(_ paths: [String]) throws(TrainingError) -> SpectraFile {
        var files: [SpectraFile] = []
        for path in paths { files.append(try SpectraFile(data: try bytes(path), name: path)) }
        return try SpectraFile.joined(files)
    }
}

extension NIRHeadKind: ExpressibleByArgument {}
