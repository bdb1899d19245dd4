import ArgumentParser
import FoundationEssentials
import MaterialModel
import ModelTraining
import OperatorAPI

extension ModelCommand {
    struct Evaluate: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "evaluate",
            abstract: "Judge measured objects by a model and say how often it is right.",
            discussion: """
                With --model, its file is applied as it is. With --train, a model is first learned from those tables \
                with the frozen configuration; objects that are in the data as well are left out of the training. With \
                --leave-one-out, every object of the data is judged by a model that was learned from all others. With \
                --transfer, each session of the data is judged by a model that was learned without its objects, before \
                and after calibrating by a few known items of it, as `stationctl calibrate nir` does. \
                The data may hold any objects: of one class only, or of materials that are unknown. \
                Exit code 66 if the data cannot be used, 78 if the model cannot.
                """)

        @Option(help: "The model's file.")
        var model: String?

        @Option(parsing: .upToNextOption, help: "Tables of measured spectra to judge, as CSV.")
        var data: [String]

        @Option(parsing: .upToNextOption, help: "Tables to learn from first, instead of the model's file.")
        var train: [String] = []

        @Flag(help: "Leave out each object of the data in turn.")
        var leaveOneOut = false

        @Flag(help: "Judge each session as another board: without calibration, and with 1 to 3 known items a class.")
        var transfer = false

        @Option(help: "The seed of everything that is drawn.")
        var seed = ModelCommand.usualSeed

        @Flag(help: "Print the result as JSON, with the verdict on each object.")
        var json = false

        func validate() throws {
            if leaveOneOut || transfer, !train.isEmpty {
                throw ValidationError(
                    "--\(transfer ? "transfer" : "leave-one-out") learns from the data itself; leave away --train.")
            }
            if leaveOneOut, transfer { throw ValidationError("Give either --leave-one-out or --transfer.") }
            if !leaveOneOut, !transfer, train.isEmpty, model == nil {
                throw ValidationError("One of --model, --train, --leave-one-out and --transfer is needed.")
            }
        }

        func run() throws {
            try ModelCommand.ending {
                let spectra = try ModelCommand.spectra(data)
                // Nothing is left away without a word.
                for complaint in spectra.complaints { writeComplaint(complaint) }
                try checkHead(of: spectra)
                if leaveOneOut {
                    let trainer = try Trainer(spectra, seed: seed)
                    let found = LeaveOneOutReport(
                        try LeaveOneOut(trainer), head: trainer.head, name: spectra.name, seed: seed)
                    try tell(found, as: leaveOneOutText)
                } else if transfer {
                    let line = ProgressLine()
                    let found = try Transfer(spectra, seed: seed) { line.show("judging \($0)") }
                    line.clear()
                    try tell(found, as: transferText)
                } else {
                    try tell(try heldOut(spectra), as: heldOutText)
                }
            }
        }

        private func checkHead(of spectra: SpectraFile) throws {
            guard let model else { return }
            let head = try SpectralModel(json: try ModelCommand.bytes(model), file: model).head
            guard head == spectra.head else {
                throw TrainingError(
                    "\(spectra.name): its reflectances are those of \(spectra.head.phrase), \(model) is the model of "
                        + "\(head.phrase). Evaluate with the model of that head.")
            }
        }

        private func heldOut(_ spectra: SpectraFile) throws -> HeldOut {
            guard train.isEmpty else {
                let judged = Set(spectra.scans.map(\.object))
                let source = try ModelCommand.spectra(train)
                let both = Set(source.scans.map(\.object)).intersection(judged)
                let trained = try Trainer(source, seed: seed, without: both).trained(on: source.name)
                return try HeldOut(trained, on: spectra, isFile: false, leftOut: both.count, seed: seed)
            }
            let file = model ?? ""
            return try HeldOut(
                try SpectralModel(json: try ModelCommand.bytes(file), file: file), on: spectra, isFile: true,
                leftOut: 0, seed: seed)
        }

        private func tell<Result: Encodable>(_ found: Result, as text: (Result) -> String) throws {
            writeResult(json ? String(decoding: try OperatorJSON.encode(found), as: UTF8.self) : text(found))
        }
    }
}
