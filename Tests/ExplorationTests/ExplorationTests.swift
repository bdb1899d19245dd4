import ShippedFiles
import Exploration
import Testing

struct ExplorationTests {
    @Test func `the same seed gives the same run, event by event`() {
        let settings = ExplorationSettings(seed: 7, items: 20)
        let first = Exploration(settings, Shipped.materials).run()
        let second = Exploration(settings, Shipped.materials).run()
        #expect(first.violation == nil)
        #expect(first == second)
        #expect(
            first.traceDigest
                != Exploration(ExplorationSettings(seed: 8, items: 20), Shipped.materials).run().traceDigest)
    }

    /// These have found something, or stand for a kind of fault.
    @Test(arguments: [1, 2, 19, 57, 70, 5013, 20_115, 50_082] as [UInt64])
    func `no invariant is violated by a fixed seed`(seed: UInt64) {
        let result = Exploration(ExplorationSettings(seed: seed, items: 60), Shipped.materials).run()
        #expect(result.violation == nil, "\(ExplorationSettings(seed: seed, items: 60).replayCommand)")
        #expect(result.passages == 60)
        #expect(!result.faults.isEmpty)
    }

    @Test func `no invariant is violated by fresh seeds`() throws {
        let first = UInt64.random(in: 1_000_000...UInt64(UInt32.max))
        print("fresh seeds: station-sim explore --first-seed \(first) --seeds 6 --items 60")
        let summary = try Explorer { Shipped.materials }
            .run(ExplorationSettings(seed: first, items: 60), jobs: 1, Explorer.Bounds(seeds: 6))
        #expect(summary.seeds == 6)
        for failure in summary.failures {
            Issue.record("seed \(failure.seed): \(failure.violation.map { "\($0)" } ?? "")")
        }
    }

    /// A check that the checks work; `station-sim planted` counts the passages.
    @Test(arguments: PlantedBug.allCases)
    func `a planted bug is found by the invariant that it breaks`(bug: PlantedBug) throws {
        let found = bug.find(from: ExplorationSettings(seed: 1), Shipped.materials, passageLimit: 5000)
        let violation = try #require(found.violation)
        #expect(bug.expected.contains(violation.invariant), "\(violation)")
    }

    @Test func `the planted bugs break every invariant`() {
        let broken = PlantedBug.allCases.reduce(into: Set<Invariant>()) { $0.formUnion($1.expected) }
        #expect(broken == Set(Invariant.allCases))
        #expect(PlantedBug.allCases.count >= 12)
    }

    @Test func `a failing seed is made smaller, and the replay fails in the same way`() throws {
        let bug = PlantedBug.outputsOutliveTheDaemon
        var failing = ExplorationSettings(seed: 3, items: 40)
        failing.seed = bug.find(from: failing, Shipped.materials, passageLimit: 1000).seed
        failing.planted = bug
        var minimiser = Minimiser(Shipped.materials)
        let found = minimiser.minimise(failing)
        let (smallest, result) = try #require(found)
        #expect(result.violation?.invariant == .safeOutputs)
        #expect(smallest.items < failing.items)
        #expect(smallest.without.count > FaultKind.all.count / 2)
        #expect(Exploration(smallest, Shipped.materials).run().violation == result.violation)
    }

    @Test func `a replay command names everything that differs from the usual`() {
        let settings = ExplorationSettings(seed: 9, items: 12, without: ["slow-disk", "clock-step"], stepLimit: 77)
        #expect(
            settings.replayCommand
                == "station-sim explore --first-seed 9 --seeds 1 --items 12 --without clock-step --without slow-disk "
                + "--steps 77")
    }

    @Test func `each kind of fault has a name of its own`() {
        #expect(Set(FaultKind.all.map(\.name)).count == FaultKind.all.count)
    }
}
