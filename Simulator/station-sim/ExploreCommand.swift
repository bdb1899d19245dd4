import ArgumentParser
import Exploration
import FoundationEssentials
import Glibc
import MaterialModel
import SimulatedStation
import StationConfig
import Synchronization
import Vocabulary

/// Deterministic simulation of the whole system, seed after seed.
struct ExploreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explore",
        abstract: "Runs station, ledger, uplink and cluster in virtual time with faults, and checks every step.",
        discussion: """
            Each seed decides everything. A seed that fails is made smaller, and the command that replays it is \
            printed. Exits with 0 only if no invariant was violated.
            """)

    @Option(help: "How many seeds to run.")
    var seeds = 100

    @Option(help: "The first seed; the others follow it.")
    var firstSeed: UInt64 = 1

    @Option(help: "Items that people bring in each seed.")
    var items = ExplorationSettings.usualItems

    @Option(help: "Threads, each with seeds of its own.")
    var jobs = 2

    @Option(help: "Start no further seed after so many passages.")
    var passages: Int?

    @Option(help: "Start no further seed after so many minutes.")
    var minutes: Double?

    @Option(help: "A fault that does not strike; can be given several times.")
    var without: [String] = []

    @Option(help: "End each seed after so many steps.")
    var steps: Int?

    @Option(help: "The folder with catalogue.yaml, rs-1-sim.yaml and models/.")
    var config = "config"

    @Flag(help: "Print each seed's digest: the same for the same seed, always.")
    var digests = false

    @Flag(help: "Of a seed that fails, print what happened last.")
    var journal = false

    @Flag(help: "Stop at the first seed that fails, and do not make it smaller.")
    var first = false

    func validate() throws {
        guard (1...ExplorationSettings.itemsLimit).contains(items), seeds >= 1, (1...64).contains(jobs) else {
            throw ValidationError(
                "items are 1 to \(ExplorationSettings.itemsLimit), seeds at least 1, jobs 1 to 64")
        }
        let names = Set(FaultKind.all.map(\.name))
        for name in without where !names.contains(name) {
            throw ValidationError("--without \(name): faults are \(names.sorted().joined(separator: ", "))")
        }
    }

    func run() throws {
        var template = ExplorationSettings(seed: firstSeed, items: items, without: Set(without), stepLimit: steps)
        template.keepsJournal = journal
        let clock = ContinuousClock()
        let started = clock.now
        let limit = minutes.map { Duration.seconds($0 * 60) }
        let bounds = Explorer.Bounds(
            seeds: seeds, passages: passages, failures: first ? 1 : Explorer.Bounds.usualFailures
        ) {
            limit.map { clock.now - started > $0 } ?? false
        }
        let progress = Mutex(ExploreProgress())
        let summary = try Explorer { [config] in try readMaterials(config) }
            .run(template, jobs: jobs, bounds) { [digests] result in
                if digests { print("seed \(result.seed): digest \(String(result.traceDigest, radix: 16))") }
                progress.withLock { $0.add(result, clock.now - started) }
            }
        report(summary, clock.now - started)
        guard summary.failures.isEmpty else {
            try explain(summary.failures, template)
            throw ExitCode.failure
        }
    }

    private func report(_ summary: Explorer.Summary, _ elapsed: Duration) {
        let seconds = max(0.001, Double(elapsed.inMilliseconds) / 1000)
        print("faults that struck:")
        for (name, count) in summary.faults.sorted(by: { $0.key < $1.key }) {
            print("  \(name)\(String(repeating: " ", count: max(1, 28 - name.count)))\(count)")
        }
        print("\(summary.deceived) passages with a sensor or diverter that lied")
        print(
            "\(summary.seeds) seeds, \(summary.passages) passages, \(summary.entries) ledger entries "
                + "(\(summary.pruned) pruned), \(summary.steps) steps, \(summary.faults.values.reduce(0, +)) faults")
        print(
            "\(Int(seconds)) seconds, \(Int(Double(summary.passages) / seconds)) passages per second, "
                + "\(summary.failures.count) failures")
    }

    private func explain(_ failures: [ExplorationResult], _ template: ExplorationSettings) throws {
        let materials = try readMaterials(config)
        for failure in failures {
            guard let violation = failure.violation else { continue }
            print("seed \(failure.seed): \(violation)")
            // At once, also into a file: making it smaller takes a while.
            fflush(nil)
            var settings = template
            settings.seed = failure.seed
            settings.stepLimit = violation.step
            print("  replay: \(settings.replayCommand)")
            guard !journal else {
                for sentence in failure.journal { print("    \(sentence)") }
                continue
            }
            guard !first else { continue }
            settings.stepLimit = nil
            var minimiser = Minimiser(materials)
            if let (smallest, result) = minimiser.minimise(settings), let violation = result.violation {
                print("  smallest: \(violation)")
                print("  replay: \(smallest.replayCommand)")
            }
        }
    }
}

/// The shipped files that a whole station needs.
func readMaterials(_ folder: String) throws -> ExplorationMaterials {
    let station = "\(folder)/rs-1-sim.yaml"
    let catalogueFile = "\(folder)/catalogue.yaml"
    let statistics = "\(folder)/models/spectra-statistics.json"
    let model = "\(folder)/models/spectrometer.json"
    let catalogue = try CatalogueReader.read(text: readText(catalogueFile), file: catalogueFile)
    return ExplorationMaterials(
        intake: try StationConfigReader.read(text: readText(station), file: station).intake, catalogue: catalogue,
        spectra: try SpectraLibrary(json: readData(statistics), file: statistics),
        classifier: MaterialClassifier(
            model: try SpectralModel(json: readData(model), file: model), catalogue: catalogue))
}

/// Says now and then how far a long run is.
private struct ExploreProgress {
    private static let passagesPerLine = 50_000
    private var passages = 0
    private var next = passagesPerLine

    mutating func add(_ result: ExplorationResult, _ elapsed: Duration) {
        passages += result.passages
        guard passages >= next else { return }
        next += Self.passagesPerLine
        print("after \(elapsed.components.seconds) s: \(passages) passages, up to seed \(result.seed)")
        fflush(nil)
    }
}
