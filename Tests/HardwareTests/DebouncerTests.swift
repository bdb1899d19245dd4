import Testing
import Vocabulary

@testable import Hardware

struct DebouncerTests {
    @Test func `a level is believed after it has held for the debounce time`() {
        var debouncer = Debouncer(debounce: .milliseconds(5), level: false)
        #expect(debouncer.deadline == nil)
        _ = debouncer.edgeSeen(to: true, at: .at(10))
        #expect(debouncer.deadline == .at(15))
        #expect(debouncer.levelRead(true, at: .at(14)) == nil)
        #expect(debouncer.levelRead(true, at: .at(15)) == .level(true))
        #expect(debouncer.level && debouncer.deadline == nil)
    }

    @Test func `bouncing puts the decision off`() {
        var debouncer = Debouncer(debounce: .milliseconds(5), level: false)
        for (millisecond, level) in [(10, true), (11, false), (12, true)] {
            _ = debouncer.edgeSeen(to: level, at: .at(Int64(millisecond)))
        }
        #expect(debouncer.deadline == .at(17))
        #expect(debouncer.levelRead(true, at: .at(17)) == .level(true))
    }

    @Test func `a level that is over before anybody could read it is told if it held for the debounce time`() {
        var debouncer = Debouncer(debounce: .milliseconds(5), level: false)
        #expect(debouncer.edgeSeen(to: true, at: .at(10)) == nil)
        #expect(debouncer.edgeSeen(to: false, at: .at(15)) == .level(true))
        #expect(debouncer.level && debouncer.deadline == .at(20))
        #expect(debouncer.levelRead(false, at: .at(20)) == .level(false))
    }

    @Test func `a level that was read while its end was still on the way is told with that end`() {
        var debouncer = Debouncer(debounce: .milliseconds(5), level: false)
        #expect(debouncer.edgeSeen(to: true, at: .at(10)) == nil)
        #expect(debouncer.levelRead(false, at: .at(70)) == nil)
        #expect(debouncer.edgeSeen(to: false, at: .at(69)) == .level(true))
    }

    @Test func `of edges between which some were dropped nothing is concluded`() {
        var debouncer = Debouncer(debounce: .milliseconds(5), level: false)
        #expect(debouncer.edgeSeen(to: true, at: .at(10)) == nil)
        #expect(debouncer.edgeSeen(to: false, at: .at(60), lost: 2) == nil)
        debouncer = Debouncer(debounce: .milliseconds(5), level: false)
        #expect(debouncer.edgeSeen(to: true, at: .at(10)) == nil)
        debouncer.edgesMissed(levelIsNow: true, at: .at(20))
        #expect(debouncer.edgeSeen(to: false, at: .at(60)) == nil)
    }

    @Test func `a level that is believed already is not told twice`() {
        var debouncer = Debouncer(debounce: .milliseconds(5), level: false)
        #expect(debouncer.edgeSeen(to: true, at: .at(10)) == nil)
        #expect(debouncer.levelRead(true, at: .at(15)) == .level(true))
        #expect(debouncer.edgeSeen(to: false, at: .at(60)) == nil)
    }

    @Test func `a glitch changes nothing`() {
        var debouncer = Debouncer(debounce: .milliseconds(5), level: false)
        _ = debouncer.edgeSeen(to: true, at: .at(10))
        _ = debouncer.edgeSeen(to: false, at: .at(11))
        #expect(debouncer.levelRead(false, at: .at(16)) == nil)
        #expect(!debouncer.level && debouncer.deadline == nil)
    }

    @Test func `after an overflow the level that was read is what counts`() {
        var debouncer = Debouncer(debounce: .milliseconds(5), level: false)
        _ = debouncer.edgeSeen(to: false, at: .at(10))  // the last edge that fitted in; a rising one was dropped
        #expect(debouncer.levelRead(true, at: .at(15)) == nil)
        #expect(debouncer.deadline == .at(20))
        #expect(debouncer.levelRead(true, at: .at(20)) == .level(true))
    }

    @Test func `an overflow leaves no level unnoticed, even on a line that told no edge`() {
        var debouncer = Debouncer(debounce: .milliseconds(5), level: false)
        debouncer.edgesMissed(levelIsNow: false, at: .at(10))
        #expect(debouncer.deadline == nil && debouncer.counters.recoveries == 0)
        debouncer.edgesMissed(levelIsNow: true, at: .at(20))
        #expect(debouncer.deadline == .at(25) && debouncer.counters.recoveries == 1)
        #expect(debouncer.levelRead(true, at: .at(25)) == .level(true))
    }

    @Test func `after an overflow a line counts as restless until now, not until its last known edge`() {
        var debouncer = Debouncer(debounce: .milliseconds(5), level: false)
        _ = debouncer.edgeSeen(to: true, at: .at(10))
        debouncer.edgesMissed(levelIsNow: true, at: .at(13))
        #expect(debouncer.deadline == .at(18) && debouncer.counters.recoveries == 0)
    }

    @Test func `without debounce the level that was read counts at once`() {
        var debouncer = Debouncer(debounce: .zero, level: false)
        _ = debouncer.edgeSeen(to: true, at: .at(10))
        #expect(debouncer.levelRead(true, at: .at(10)) == .level(true))
        _ = debouncer.edgeSeen(to: true, at: .at(20))
        #expect(debouncer.levelRead(false, at: .at(20)) == .level(false))
        #expect(debouncer.deadline == nil)
    }

    @Test func `edges, bounces and lost edges are counted`() {
        var debouncer = Debouncer(debounce: .milliseconds(5), level: false)
        for (millisecond, level) in [(10, true), (11, false), (12, true)] {
            _ = debouncer.edgeSeen(to: level, at: .at(Int64(millisecond)))
        }
        #expect(debouncer.levelRead(true, at: .at(17)) == .level(true))
        #expect(debouncer.counters == LineCounters(edges: 3, bounces: 2))
        // A glitch, of which all edges are bounces.
        _ = debouncer.edgeSeen(to: false, at: .at(30))
        _ = debouncer.edgeSeen(to: true, at: .at(31))
        #expect(debouncer.levelRead(true, at: .at(36)) == nil)
        #expect(debouncer.counters == LineCounters(edges: 5, bounces: 4))
        // The kernel says that three were dropped; later, two rising edges in a row mean at least one.
        _ = debouncer.edgeSeen(to: false, at: .at(50), lost: 3)
        _ = debouncer.edgeSeen(to: false, at: .at(51))
        #expect(debouncer.levelRead(true, at: .at(56)) == nil)
        #expect(debouncer.counters == LineCounters(edges: 7, bounces: 4, lost: 4, recoveries: 1))
    }

    @Test(arguments: [(Int64(5), Int64(2000)), (1000, 4000)])
    func `a line that is never quiet is noticed after its limit and believed again when it is`(
        debounce: Int64, limit: Int64
    ) {
        var debouncer = Debouncer(debounce: .milliseconds(debounce), level: false)
        var level = false
        var noticedAt: [Int64] = []
        for millisecond in stride(from: Int64(0), through: 6000, by: 3) {
            level.toggle()
            _ = debouncer.edgeSeen(to: level, at: .at(millisecond))
            if let deadline = debouncer.deadline, deadline <= .at(millisecond) {
                #expect(!debouncer.hasSettled(at: .at(millisecond)))
                if debouncer.limitReached(at: .at(millisecond)) == .chattering { noticedAt.append(millisecond) }
            }
        }
        #expect(noticedAt.count == 1 && (limit...limit + 3).contains(noticedAt.first ?? 0))
        #expect(debouncer.isChattering)
        #expect(debouncer.deadline == .at(6000 + debounce))
        // Even if it settles where it was, that is news.
        _ = debouncer.edgeSeen(to: false, at: .at(6001))
        #expect(debouncer.levelRead(false, at: .at(6001 + debounce)) == .quiet(false))
        #expect(!debouncer.isChattering && debouncer.deadline == nil)
    }
}
