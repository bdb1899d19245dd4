import ShippedFiles
import Foundation
import Ledger
import Logging
import SimulatedStation
import Station
import StationPorts
import Testing
import VirtualStation
import Vocabulary

/// The daemon killed in the middle of the belt, with the ledger's own file and recovery.
struct PowerCutTests {
    @Test(arguments: [1, 2, 3])
    func `an item that no sensor sees after a power cut is handed back and not credited`(cuts: Int) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "power-cut-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let items = ["first", "second"].map { name in
            var item = SimulatedItem(name: name, material: .pp, lengthMillimetres: 60, massMilligrams: 12_000)
            item.isTypical = true
            return item
        }
        var ledger: LedgerWriter?
        func open(_ sink: any EventSink, _ clock: VirtualClock) throws -> any RecordPort {
            try WaitingLedger(station: sink) { answers in
                let writer = try LedgerWriter(
                    directory: directory.path, station: "virtual", sink: answers, now: { clock.now },
                    wallTime: { WallTime(unixMilliseconds: clock.now.nanoseconds / 1_000_000, isTrusted: true) },
                    logger: Logger(label: "ledger", factory: { _ in SwiftLogNoOpLogHandler() }))
                try writer.start()
                ledger = writer
                return writer
            }
        }
        let station = try VirtualStation(
            settings: Shipped.intake,
            world: Scenario(seed: 2, items: items).worldSettings(spectra: Shipped.spectra),
            classifier: Shipped.classifier, makeLedger: open)

        // It leaves the presence sensor's field 20 mm, an eighth of a second, before it reaches the exit beam.
        func isUnseenOnTheWay() -> Bool {
            guard station.controller.state.passage.name == .carrying else { return false }
            return !station.controller.state.levels.isActive(.presence)
        }
        while !isUnseenOnTheWay(), station.simulation.clock.now < Instant(nanoseconds: 60_000_000_000) {
            _ = station.operate(until: station.simulation.clock.now + .milliseconds(10))
        }
        #expect(isUnseenOnTheWay())
        // Cut off again before the belt could be run back, a later start finds no acceptance open any more.
        for cut in 1...cuts {
            ledger?.stop()
            try station.restart(leftover: { ledger?.mayHaveLeftItem == true ? .possible : .none }, makeLedger: open)
            #expect(ledger?.recoveredCount == (cut == 1 ? 1 : 0))
        }
        let levels = station.simulation.world.with { world in
            [InputLine.entryBeam, .presence, .exitBeam, .dropBeam].map { world.level(of: $0) }
        }
        #expect(levels == [false, false, false, false])

        let end = station.operate(until: Instant(nanoseconds: 600_000_000_000))
        #expect(end == .over, "\(station.controller.state.mode), \(station.controller.state.passage)")
        ledger?.stop()
        let (bins, first) = station.simulation.world.with { ($0.bins, $0.whereabouts[0]) }
        #expect(first == .ended(.handedBack))
        let totals = try await LedgerReader(directory: directory.path).totals()
        let committed = totals.filter { $0.outcome == .committed }
        #expect(bins.values.map(\.count).reduce(0, +) == 1)
        #expect(committed.map(\.units).reduce(0, +) == 1)
    }
}
