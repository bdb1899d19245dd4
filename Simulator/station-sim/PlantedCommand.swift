import ArgumentParser
import Exploration

/// Proves that the explorer's checks find what they are there for.
struct PlantedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "planted",
        abstract: "Plants one wrong behaviour after the other and counts the passages until it is found.",
        discussion: "Exits with 0 only if each is found by the invariant that it breaks.")

    @Option(help: "Passages after which a bug counts as not found.")
    var passages = 100_000

    @Option(help: "Items that people bring in each seed.")
    var items = ExplorationSettings.usualItems

    @Option(help: "The first seed.")
    var firstSeed: UInt64 = 1

    @Option(help: "The folder with catalogue.yaml, rs-1-sim.yaml and models/.")
    var config = "config"

    func run() throws {
        let materials = try readMaterials(config)
        var missed = 0
        for bug in PlantedBug.allCases {
            let found = bug.find(
                from: ExplorationSettings(seed: firstSeed, items: items), materials, passageLimit: passages)
            if let violation = found.violation, bug.expected.contains(violation.invariant) {
                print("\(bug.rawValue): found after \(found.passages) passages by \(violation.invariant.rawValue)")
            } else {
                missed += 1
                print("\(bug.rawValue): NOT found as expected: \(found.violation.map { "\($0)" } ?? "nothing")")
            }
        }
        print("\(PlantedBug.allCases.count - missed) of \(PlantedBug.allCases.count) planted bugs found")
        guard missed == 0 else { throw ExitCode.failure }
    }
}
