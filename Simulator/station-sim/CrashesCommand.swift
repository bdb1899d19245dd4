import ArgumentParser
import Exploration
import Glibc

/// Every power cut of one ledger's life.
struct CrashesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crashes",
        abstract: "Restarts a recorded ledger from every boundary between two disk operations, and checks each state.",
        discussion: """
            At each boundary the writes that were not synced are lost, kept, torn and reordered. Exits with 0 only if \
            every state recovers.
            """)

    @Option(help: "Power cuts at each boundary.")
    var variants = 100

    @Option(help: "Threads.")
    var jobs = 2

    @Option(help: "Fail if fewer distinct states come out.")
    var states = 0

    private static let boundariesPerLine: Int64 = 50

    func run() throws {
        let clock = ContinuousClock()
        let started = clock.now
        let summary = try CrashStudy().run(variants: variants, jobs: jobs) { done, all, states in
            guard done.isMultiple(of: Self.boundariesPerLine) else { return }
            print("after \(done) of \(all) boundaries: \(states) distinct disk states")
            fflush(nil)
        }
        print(
            "\(summary.operations) operations recorded, \(summary.cuts) power cuts, \(summary.states) distinct disk "
                + "states, \(summary.recovered) with an acceptance to end, \(summary.failures.count) failures, "
                + "\((clock.now - started).components.seconds) seconds")
        for failure in summary.failures { print(failure) }
        guard summary.failures.isEmpty, summary.states >= states else { throw ExitCode.failure }
    }
}
