import Testing
import Vocabulary

@testable import Ledger

@Suite struct ClockWatchTests {
    private func stamp(_ seconds: Int64, wallMilliseconds: Int64, isTrusted: Bool = true) -> Stamp {
        Stamp(
            instant: Instant(nanoseconds: seconds * 1_000_000_000),
            wallTime: WallTime(unixMilliseconds: wallMilliseconds, isTrusted: isTrusted))
    }

    @Test func `the first look finds nothing, and clocks that go together change nothing`() {
        var watch = ClockWatch()
        for second in 0..<100 {
            #expect(watch.look(stamp(Int64(second), wallMilliseconds: Int64(second) * 1000)) == nil)
        }
    }

    @Test(arguments: [1000, 5000, -1000, 48 * 3_600_000] as [Int64])
    func `a step is told once, with its size`(step: Int64) {
        var watch = ClockWatch()
        _ = watch.look(stamp(10, wallMilliseconds: 10_000))
        #expect(
            watch.look(stamp(15, wallMilliseconds: 15_000 + step))
                == ClockRecord(stepMilliseconds: step, isTrusted: true))
        #expect(watch.look(stamp(20, wallMilliseconds: 20_000 + step)) == nil)
    }

    /// 83 333 millionths is the most that chrony uses.
    @Test(arguments: [83_333, -83_333] as [Int64]) func `a day of the fastest slewing is no step`(millionths: Int64) {
        var watch = ClockWatch()
        for second in stride(from: Int64(0), to: 86_400, by: 5) {
            let wall = second * 1000 + second * millionths / 1000
            #expect(watch.look(stamp(second, wallMilliseconds: wall)) == nil)
        }
    }

    @Test func `trust that is won and lost is told, and a small difference with it is no step`() {
        var watch = ClockWatch()
        _ = watch.look(stamp(0, wallMilliseconds: 0, isTrusted: false))
        #expect(
            watch.look(stamp(5, wallMilliseconds: 5900)) == ClockRecord(stepMilliseconds: 0, isTrusted: true))
        #expect(
            watch.look(stamp(10, wallMilliseconds: 7_210_900, isTrusted: false))
                == ClockRecord(stepMilliseconds: 7_200_000, isTrusted: false))
    }

    @Test func `what a damaged file may hold does not stop the process`() {
        var watch = ClockWatch(
            after: Stamp(
                instant: Instant(nanoseconds: .max), wallTime: WallTime(unixMilliseconds: .min, isTrusted: true)))
        #expect(watch.look(stamp(5, wallMilliseconds: .max)) != nil)
        let anchor = ClockAnchor(monotonicNanoseconds: .max, unixMilliseconds: .min)
        #expect(anchor.unixMilliseconds(atMonotonic: .min) != 0)
    }

    @Test func `the true time of a moment is as far from the anchor as the moments are, rounded down`() {
        let anchor = ClockAnchor(monotonicNanoseconds: 10_000_000_000, unixMilliseconds: 1_790_000_000_000)
        #expect(anchor.unixMilliseconds(atMonotonic: 10_000_000_000) == 1_790_000_000_000)
        #expect(anchor.unixMilliseconds(atMonotonic: 1_000_000_000) == 1_789_999_991_000)
        #expect(anchor.unixMilliseconds(atMonotonic: 9_999_999_999) == 1_790_000_000_000)
        #expect(anchor.unixMilliseconds(atMonotonic: 10_000_000_001) == 1_790_000_000_001)
    }
}
