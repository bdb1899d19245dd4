import ShippedFiles
import Ledger
import MaterialModel
import SimulatedStation
import Station
import StationPorts
import Testing
import VirtualStation
import Vocabulary

/// The simulated world, the real control code and the real classifier in virtual time: what the ledger says is
/// compared with what physically lies in the bins.
struct WholeStationTests {
    struct Outcome {
        var end: SimulatedRun.End
        var station: VirtualStation
        var ledger: MemoryLedger

        var ended: [OutcomeRecord] {
            ledger.stored.compactMap { entry in
                guard case .ended(let ended) = entry.record else { return nil }
                return ended
            }
        }

        var refused: [RefusalRecord] {
            ledger.stored.compactMap { entry in
                guard case .refused(let refused) = entry.record else { return nil }
                return refused
            }
        }

        /// For the message of a failing test: the last records and where the machines stand.
        var summary: Comment {
            let last = ledger.stored.suffix(8).map { "\($0.record)" }.joined(separator: "\n")
            let state = station.controller.state
            return "\(station.simulation.clock.now): \(state.mode), \(state.passage)\n\(last)"
        }

        func committed(_ bin: BinID) -> Int {
            ended.count { $0.outcome == .committed && $0.acceptance.bin == bin }
        }
    }

    func operate(
        _ scenario: Scenario, settings: IntakeSettings = Shipped.intake,
        wallTime: @escaping @Sendable (Instant) -> WallTime = {
            WallTime(unixMilliseconds: $0.nanoseconds / 1_000_000, isTrusted: true)
        }
    ) throws -> Outcome {
        var ledger: MemoryLedger?
        let station = VirtualStation(
            settings: settings, world: scenario.worldSettings(spectra: Shipped.spectra),
            classifier: Shipped.classifier
        ) { sink, clock in
            let memory = MemoryLedger(
                station: "virtual", sink: sink, now: { clock.now },
                wallTime: { wallTime(clock.now) })
            ledger = memory
            return memory
        }
        let end = station.operate(until: Instant(nanoseconds: 24 * 3600 * 1_000_000_000))
        return Outcome(end: end, station: station, ledger: try #require(ledger))
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `what the ledger commits is what lies in the bins`(seed: UInt64) throws {
        var generator = ItemGenerator(catalogue: Shipped.catalogue, seed: seed)
        let outcome = try operate(Scenario(seed: seed, items: generator.items(count: 200)))
        #expect(outcome.end == .over, outcome.summary)
        let unconfirmed = outcome.ended.count { $0.outcome == .unconfirmed }
        let inBins = outcome.station.unitsInBins
        for bin in Shipped.intake.bins.map(\.id) {
            let committed = outcome.committed(bin)
            let physical = inBins[bin, default: 0]
            #expect(committed <= physical && physical <= committed + unconfirmed, "\(bin)")
        }
        #expect(outcome.ended.count { $0.outcome == .committed } > 60)
    }

    @Test func `every acceptance has exactly one outcome and nothing stays open`() throws {
        var generator = ItemGenerator(catalogue: Shipped.catalogue, seed: 11)
        let outcome = try operate(Scenario(seed: 11, items: generator.items(count: 150)))
        let accepted = outcome.ledger.stored.filter { $0.record.kind == .accepted }.map(\.sequence)
        #expect(outcome.ended.map(\.acceptedSequence).sorted() == accepted)
    }

    @Test func `the same seed gives the same ledger, bit by bit`() throws {
        func head() throws -> LedgerHead {
            var generator = ItemGenerator(catalogue: Shipped.catalogue, seed: 5)
            return try operate(Scenario(seed: 5, items: generator.items(count: 40))).ledger.head
        }
        #expect(try head() == head())
    }

    @Test(arguments: ["demo", "fraud", "jams", "dead-devices"])
    func `the shipped scenarios come to their end`(name: String) throws {
        let outcome = try operate(Shipped.scenario(name))
        #expect(outcome.end == .over, outcome.summary)
        let inBins = outcome.station.unitsInBins.values.reduce(0, +)
        let committed = outcome.ended.count { $0.outcome == .committed }
        let unconfirmed = outcome.ended.count { $0.outcome == .unconfirmed }
        #expect(committed <= inBins && inBins <= committed + unconfirmed)
    }

    @Test func `the demonstration shows every kind of item and ends them as it should`() throws {
        let outcome = try operate(Shipped.scenario("demo"))
        #expect(outcome.ended.contains { $0.acceptance.identification.stream == .reuse && $0.outcome == .committed })
        #expect(outcome.ended.contains { $0.acceptance.identification.stream == .recycling })
        #expect(outcome.ended.contains { $0.acceptance.identification.material.isMetal })
        #expect(!outcome.refused.isEmpty)
    }
}
