import Testing
import Vocabulary

@testable import SimulatedStation

@Suite struct ScaleTests {
    /// A scale that only the test puts something on.
    final class Bench {
        var scale: Scale

        init(driftMilligramsPerHour: Double = 300) {
            var settings = Scale.Settings()
            settings.driftMilligramsPerHour = driftMilligramsPerHour
            scale = Scale(settings: settings, random: SeededRandom(seed: 3), at: .zero)
        }

        func isStable(at time: Instant) -> Bool { scale.isStable(at: time) }
        func grossDecigrams(at time: Instant) -> Int32 { scale.grossDecigrams(at: time) }
    }

    @Test func `The scale settles to the mass and is stable only then`() {
        let bench = Bench()
        #expect(bench.isStable(at: .milliseconds(1000)))
        bench.scale.carry(milligrams: 35_000, at: .milliseconds(1000))
        var firstStable: Int64?
        for time in stride(from: Int64(1000), through: 3000, by: 10) {
            let isStable = bench.isStable(at: .milliseconds(time))
            let gross = bench.grossDecigrams(at: .milliseconds(time))
            if time > 1050, firstStable == nil, isStable { firstStable = time }
            if time > 1050, isStable { #expect((348...352).contains(gross)) }
        }
        // After τ = 80 ms it is within 0.2 g only after 5 τ; then the whole window of 250 ms must stand still.
        #expect((600...1000).contains((firstStable ?? 0) - 1000))
    }

    @Test func `A running belt shakes the scale out of its rest`() {
        let bench = Bench()
        #expect(bench.isStable(at: .milliseconds(1000)))
        bench.scale.vibrate(true, at: .milliseconds(1000))
        #expect(!bench.isStable(at: .milliseconds(2000)))
        bench.scale.vibrate(false, at: .milliseconds(2000))
        #expect(bench.isStable(at: .milliseconds(3000)))
    }

    @Test func `Drift is seen after an hour and a zero command takes it off`() {
        let bench = Bench(driftMilligramsPerHour: 5000)
        let hour = Instant.milliseconds(3_600_000)
        #expect((49...51).contains(bench.grossDecigrams(at: hour)))
        _ = bench.scale.write(address: 5, values: [8], at: hour)
        #expect((-1...1).contains(bench.grossDecigrams(at: hour.advanced(by: .seconds(1)))))
    }

    @Test func `An item is weighed once the hand has let go`() {
        let rig = Rig([.cup()])
        rig.set(.lampGreen, true, atMilliseconds: 0)
        rig.set(.gate, true, atMilliseconds: 0)
        rig.run(toMilliseconds: 1870)
        #expect(abs(rig.grossDecigrams(at: .milliseconds(1870))) <= 1)
        rig.run(toMilliseconds: 4000)
        #expect((348...352).contains(rig.grossDecigrams(at: .milliseconds(4000))))
    }
}
