import ShippedFiles
import SimulatedStation
import Testing
import Vocabulary

/// The thread in brackets is one of docs/field-complaints.md.
extension WholeStationTests {
    @Test func `steps of the wall clock fire no deadline and change no entry (portduino 78)`() throws {
        var generator = ItemGenerator(catalogue: Shipped.catalogue, seed: 78)
        let scenario = Scenario(seed: 78, items: generator.items(count: 60))
        let steady = try operate(scenario)
        // Every seven seconds the clock is set years ahead or back, in the midst of passages.
        let stepped = try operate(scenario) { now in
            let seconds = now.nanoseconds / 1_000_000_000
            let years = [0, 30, -10, 5, -40][Int(seconds / 7 % 5)]
            return WallTime(
                unixMilliseconds: (seconds + 1_790_000_000 + Int64(years) * 31_536_000) * 1000, isTrusted: false)
        }
        #expect(stepped.end == .over, stepped.summary)
        #expect(stepped.station.simulation.clock.now == steady.station.simulation.clock.now)
        #expect(stepped.ledger.stored.map(\.record) == steady.ledger.stored.map(\.record))
        #expect(stepped.ledger.stored.map(\.sequence) == (1...Int64(steady.ledger.stored.count)).map(\.self))
        let times = stepped.ledger.stored.map(\.wallTime.unixMilliseconds)
        #expect(times != times.sorted())
    }
}
