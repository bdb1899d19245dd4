import Testing
import Vocabulary

@testable import Ledger

struct RetentionRuleTests {
    private static let day: Int64 = 86_400_000
    private static let now = WallTime(unixMilliseconds: 1000 * day, isTrusted: true)

    private func rule(days: Int64 = 90, bytes: Int64 = 1000, portion: Int64 = 10) -> RetentionRule {
        var settings = RetentionSettings()
        settings.age = .milliseconds(days * Self.day)
        settings.sizeBytes = bytes
        return RetentionRule(settings: settings, portionEntries: portion)
    }

    /// Entries from 1 on, by their age in days; nil: the clock could not be trusted.
    private func candidates(_ ages: [Int64?]) -> [RetentionRule.Candidate] {
        ages.enumerated().map { place, age in
            RetentionRule.Candidate(
                sequence: Int64(place + 1),
                wallTime: WallTime(
                    unixMilliseconds: Self.now.unixMilliseconds - (age ?? 5000) * Self.day, isTrusted: age != nil))
        }
    }

    struct Row: Sendable {
        var pruned: Int64 = 0
        var permitted: Int64 = 100
        var bytes: Int64 = 1000
        var old: Int64?
        var end: Int64?
    }

    @Test(arguments: [
        Row(old: nil, end: nil), Row(old: 7, end: 7), Row(old: 50, end: 10), Row(pruned: 45, old: 50, end: 50),
        Row(pruned: 50, old: 50, end: nil), Row(permitted: 3, old: 7, end: 3), Row(permitted: 0, old: 7, end: nil),
        Row(bytes: 1001, end: 10), Row(pruned: 95, bytes: 1001, end: 100), Row(pruned: 100, bytes: 1001, end: nil),
        Row(permitted: 0, bytes: 1001, end: nil), Row(pruned: 20, permitted: 10, bytes: 1001, old: 30, end: nil),
    ])
    func `a portion ends where age or size, the acknowledged and its own limit say`(row: Row) {
        let end = rule().portionEnd(
            prunedSequence: row.pruned, permittedSequence: row.permitted, usedBytes: { row.bytes }
        ) { row.old }
        #expect(end == row.end)
    }

    @Test func `ages are not looked at where nothing may go, or the size decides`() {
        var looks = 0
        func old() -> Int64? {
            looks += 1
            return nil
        }
        _ = rule().portionEnd(prunedSequence: 5, permittedSequence: 5, usedBytes: { 0 }, oldSequence: old)
        _ = rule().portionEnd(prunedSequence: 5, permittedSequence: 9, usedBytes: { 1001 }, oldSequence: old)
        #expect(looks == 0)
        _ = rule().portionEnd(prunedSequence: 5, permittedSequence: 9, usedBytes: { 0 }, oldSequence: old)
        #expect(looks == 1)
    }

    struct Ages: Sendable {
        var days: [Int64?]
        var old: Int64?
        var undated: Int64?
    }

    @Test(arguments: [
        Ages(days: [], old: nil, undated: nil),
        Ages(days: [100, 95, 90, 89], old: 3, undated: nil),
        Ages(days: [89, 100, 100], old: nil, undated: nil),
        // What a clock running late has stamped waits for what is in front of it.
        Ages(days: [91, 1, 4000], old: 1, undated: nil),
        // Without a trusted time an entry is as old as the next one that has it.
        Ages(days: [nil, nil, 91, nil, 90, nil], old: 5, undated: 2),
        Ages(days: [nil, nil, 3], old: nil, undated: 2),
        Ages(days: [nil, nil, nil], old: nil, undated: 3),
        Ages(days: [-400, 100], old: nil, undated: nil),
    ])
    func `entries are gone through up to the first that is known to be young`(ages: Ages) {
        #expect(
            rule().ages(of: candidates(ages.days), at: Self.now)
                == RetentionRule.AgeFinding(oldSequence: ages.old, undatedSequence: ages.undated))
    }

    @Test func `a stamp that no clock can have written stops nothing else than pruning`() {
        for stamp in [Int64.min, .max] {
            let strange = RetentionRule.Candidate(
                sequence: 1, wallTime: WallTime(unixMilliseconds: stamp, isTrusted: true))
            #expect(rule().ages(of: [strange], at: Self.now).oldSequence == nil)
        }
    }

    // MARK: The clock

    private func hours(_ hours: Int64) -> Instant { Instant(nanoseconds: hours * 3_600_000_000_000) }

    private func wall(days: Int64, isTrusted: Bool = true) -> WallTime {
        WallTime(unixMilliseconds: days * Self.day, isTrusted: isTrusted)
    }

    @Test func `a wall clock that is right is followed to the millisecond`() {
        var clock = RetentionClock(unixMilliseconds: nil, startedAt: .zero)
        #expect(clock.move(to: wall(days: 1000), at: hours(1)) == wall(days: 1000))
        #expect(clock.move(to: wall(days: 1001), at: hours(25)) == wall(days: 1001))
    }

    @Test func `a clock that steps years ahead is believed no faster than eight times the running time`() {
        var clock = RetentionClock(unixMilliseconds: nil, startedAt: .zero)
        _ = clock.move(to: wall(days: 1000), at: hours(0))
        #expect(clock.move(to: wall(days: 9000), at: hours(0)) == wall(days: 1000))
        #expect(clock.move(to: wall(days: 9000), at: hours(12)) == wall(days: 1004))
        // Put right again, it is followed at once.
        #expect(clock.move(to: wall(days: 1001), at: hours(24)) == wall(days: 1001))
    }

    @Test func `time that passed while the station was off is caught up on, and a restart forgets no step`() {
        var clock = RetentionClock(unixMilliseconds: 1000 * Self.day, startedAt: hours(5))
        #expect(clock.move(to: wall(days: 1080), at: hours(5)) == wall(days: 1000))
        #expect(clock.move(to: wall(days: 1080), at: hours(5 + 24)) == wall(days: 1008))
        #expect(clock.move(to: wall(days: 1090), at: hours(5 + 24 * 20)) == wall(days: 1090))
    }

    @Test func `a clock that cannot be trusted gives no time, and nothing it shows is remembered`() {
        var clock = RetentionClock(unixMilliseconds: 1000 * Self.day, startedAt: .zero)
        #expect(clock.move(to: wall(days: 2, isTrusted: false), at: hours(1)) == nil)
        #expect(clock.unixMilliseconds == 1000 * Self.day)
        #expect(clock.move(to: wall(days: 2000), at: hours(3)) == wall(days: 1001))
    }

    @Test func `whatever a damaged file remembers, the clock moves`() {
        for stored in [Int64.min, .max] {
            var clock = RetentionClock(unixMilliseconds: stored, startedAt: .zero)
            let moved = clock.move(to: wall(days: 1000), at: hours(1))
            #expect(moved.map { $0.unixMilliseconds <= 1000 * Self.day } == true)
        }
    }
}
