import Foundation
@testable import Exploration
@testable import Ledger
import Testing
import Vocabulary

/// The explorer's own look at the times of a ledger.
struct TimeCheckTests {
    private static let hour: Int64 = 3_600_000
    /// A quarter past a full hour.
    private static let wall: Int64 = 490_000 * hour + 900_000
    private static let ordinary = LedgerRecord.stopped(StopRecord(drained: true))
    private static let step = LedgerRecord.clockChanged(ClockRecord(stepMilliseconds: 5000, isTrusted: true))
    private static let refusal = LedgerRecord.refused(
        RefusalRecord(
            passage: PassageID(rawValue: 1), rejection: Rejection(reason: .noEvidence), withdrawn: true,
            massMilligrams: nil, evidence: Evidence()))

    /// - Parameters:
    ///   - after: milliseconds since the boot.
    ///   - ahead: by how much the wall clock is ahead.
    private func entry(
        _ sequence: Int64, after: Int64, ahead: Int64 = 0, trusted: Bool = true, boot: String = "a"
    ) -> LedgerEntry {
        LedgerEntry(
            sequence: sequence, bootID: boot, monotonicNanoseconds: after * 1_000_000,
            unixMilliseconds: Self.wall + after + ahead, clockTrusted: trusted ? 1 : 0, kind: "", payloadVersion: 1,
            payload: Data(), readingsDigest: Data(), previousHash: Data(), hash: Data())
    }

    private func hours(_ sequences: ClosedRange<Int64>, at after: Int64, from: Int64, to: Int64) -> LedgerRecord {
        .hoursCorrected(
            HoursRecord(
                first: sequences.lowerBound, last: sequences.upperBound, boot: "a",
                anchor: ClockAnchor(monotonicNanoseconds: after * 1_000_000, unixMilliseconds: Self.wall + after),
                moves: [
                    HourMove(
                        fromHour: from, toHour: to, packagingType: nil, material: .unknown, stream: nil,
                        outcome: .returned, units: 1, massMilligrams: 0)
                ]))
    }

    @Test func `clocks that go on together are honest`() {
        var check = TimeCheck()
        #expect(check.problem(of: entry(1, after: 0), Self.ordinary) == nil)
        #expect(check.problem(of: entry(2, after: 7_000_000), Self.ordinary) == nil)
        #expect(check.problem(of: entry(3, after: 100, boot: "b"), Self.ordinary) == nil)
    }

    @Test func `time that goes back within a boot is noticed`() {
        var check = TimeCheck()
        #expect(check.problem(of: entry(1, after: 1000), Self.ordinary) == nil)
        #expect(check.problem(of: entry(2, after: 999), Self.ordinary)?.contains("earlier") == true)
    }

    @Test(arguments: [(Int64(5000), true), (0, false)])
    func `a step, or a change of trust, needs an entry of its own`(ahead: Int64, trusted: Bool) {
        var silent = TimeCheck()
        _ = silent.problem(of: entry(1, after: 0), Self.ordinary)
        #expect(silent.problem(of: entry(2, after: 10, ahead: ahead, trusted: trusted), Self.ordinary) != nil)
        var told = TimeCheck()
        _ = told.problem(of: entry(1, after: 0), Self.ordinary)
        #expect(told.problem(of: entry(2, after: 10, ahead: ahead, trusted: trusted), Self.step) == nil)
        #expect(told.problem(of: entry(3, after: 20, ahead: ahead, trusted: trusted), Self.ordinary) == nil)
    }

    @Test func `items are moved into the hour in which they came, and no other`() {
        // Two hours ahead and not trusted; an hour later the clock is right.
        let ahead = 2 * Self.hour
        let (wrong, right) = ((Self.wall + ahead) / Self.hour, Self.wall / Self.hour)
        let cases: [(ClosedRange<Int64>, Int64, Bool)] = [
            (1...1, right, true), (1...1, right + 1, false), (2...2, right, false),
        ]
        for (sequences, to, isHonest) in cases {
            var check = TimeCheck()
            _ = check.problem(of: entry(1, after: 0, ahead: ahead, trusted: false), Self.refusal)
            _ = check.problem(of: entry(2, after: Self.hour), Self.step)
            let record = hours(sequences, at: Self.hour, from: wrong, to: to)
            #expect((check.problem(of: entry(3, after: Self.hour), record) == nil) == isHonest)
        }
    }
}
