import ArgumentParser
import FoundationEssentials
import SimulatedStation

/// Compares the simulator's truth with the ledger's and the cluster's totals.
struct ReconcileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Holds where the items are against the ledger's and, if there is one, the cluster's totals.",
        discussion: "Exits with 0 only if ledger and cluster agree to the unit and the milligram.")

    @Option(help: "What `serve --truth` wrote.")
    var truth: String

    @Option(help: "What `stationctl totals --json` printed.")
    var ledger: String

    @Option(help: "What `clusterd totals --json` printed; without it the ledger is held against the truth alone.")
    var cluster: String?

    func run() throws {
        let reconciliation = try Reconciliation(
            truth: readData(truth), ledger: readData(ledger), cluster: cluster.map(readData))
        print(reconciliation.table)
        for sentence in reconciliation.disagreements { print(sentence) }
        guard reconciliation.disagreements.isEmpty else { throw ExitCode.failure }
    }
}
