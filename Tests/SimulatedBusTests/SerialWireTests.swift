import Testing

@testable import SimulatedBus

struct SerialWireTests {
    /// A character takes a millisecond.
    let pace = SerialPace(baud: 10_000, characterBits: 10)

    struct PaceRow: Sendable {
        var baud: Int
        var bits: Int
        var character: Int64
        var interval: Int64
    }

    @Test(arguments: [
        PaceRow(baud: 9600, bits: 11, character: 1_145_833, interval: 4_010_416),
        PaceRow(baud: 19200, bits: 11, character: 572_916, interval: 2_005_208),
        PaceRow(baud: 115_200, bits: 10, character: 86_805, interval: 1_750_000),
    ])
    func `characters and intervals take what the standard says`(row: PaceRow) {
        let pace = SerialPace(baud: row.baud, characterBits: row.bits)
        #expect(pace.duration(characters: 1) == .nanoseconds(row.character))
        #expect(pace.interval == .nanoseconds(row.interval))
    }

    @Test func `a request takes its time, and so does each byte of the answer`() {
        var wire = SerialWire(pace: pace)
        #expect(wire.received(8, startsFrame: true, at: .ms(100)) == .ms(108))
        wire.send([1, 2, 3], from: .ms(108))
        #expect(wire.nextDue == .ms(109))
        #expect(wire.takeArrived(at: .ms(108)) == [])
        #expect(wire.takeArrived(at: .ms(110)) == [1, 2])
        #expect(wire.takeArrived(at: .ms(111)) == [3])
        #expect(wire.nextDue == nil)
    }

    @Test func `bytes that come while others are on the line queue behind them`() {
        var wire = SerialWire(pace: pace)
        _ = wire.received(4, startsFrame: true, at: .ms(0))
        #expect(wire.received(4, startsFrame: false, at: .ms(1)) == .ms(8))
        wire.send([1, 2], from: .ms(8))
        wire.send([3], from: .ms(8))
        #expect(wire.takeArrived(at: .ms(10)) == [1, 2])
        #expect(wire.nextDue == .ms(11))
    }

    struct SilenceRow: Sendable {
        var silence: Int64
        var violations: Int
    }

    @Test(arguments: [
        SilenceRow(silence: 3_499_999, violations: 1), SilenceRow(silence: 3_500_000, violations: 0),
        SilenceRow(silence: 10_000_000, violations: 0),
    ])
    func `silence counts from the last byte of the answer to the first of the next request`(row: SilenceRow) {
        var wire = SerialWire(pace: pace)
        _ = wire.received(8, startsFrame: true, at: .ms(0))
        wire.send([1], from: .ms(8))
        _ = wire.takeArrived(at: .ms(9))
        wire.delivered(at: .ms(9))
        #expect(wire.record.requests == 0)
        _ = wire.received(8, startsFrame: true, at: .ms(9) + row.silence)
        #expect(wire.record.requests == 1)
        #expect(wire.record.violations == row.violations)
        #expect(wire.record.shortest == .nanoseconds(row.silence))
        #expect(wire.record.span == .nanoseconds(.ms(9) + row.silence))
    }

    @Test func `a request into an answer has no silence before it`() {
        var wire = SerialWire(pace: pace)
        _ = wire.received(8, startsFrame: true, at: .ms(0))
        wire.send([1, 2], from: .ms(8))
        _ = wire.received(8, startsFrame: true, at: .ms(100))
        #expect(wire.record.shortest == .zero)
    }

    @Test func `what the line itself was late with is known`() {
        var wire = SerialWire(pace: pace)
        wire.send([1, 2], from: .ms(0))
        _ = wire.takeArrived(at: .ms(5))
        #expect(wire.record.ownDelay == .milliseconds(3))
    }

    @Test func `without a pace a late answer does not hold up another unit's`() {
        var wire = SerialWire(pace: nil)
        #expect(wire.received(8, startsFrame: true, at: .ms(0)) == .ms(0))
        wire.send([1], from: .ms(500))
        wire.send([2], from: .ms(1))
        #expect(wire.takeArrived(at: .ms(1)) == [2])
        #expect(wire.takeArrived(at: .ms(500)) == [1])
    }
}

extension Int64 {
    fileprivate static func ms(_ milliseconds: Int64) -> Int64 { milliseconds * 1_000_000 }
}
