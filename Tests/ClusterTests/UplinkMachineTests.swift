import ClusterAPI
import Foundation
import Testing
import Vocabulary

@testable import Uplink

/// The machine alone, told what happened step by step.
struct MachineDriver {
    var machine = UplinkMachine(station: cupStation)
    private var generator = SeededGenerator(state: 3)

    mutating func handle(_ event: UplinkMachine.Event) -> UplinkMachine.Step {
        machine.handle(event, using: &generator)
    }

    /// From a wait to the entry limit of the report that comes next.
    mutating func nextEntryLimit() -> Int? {
        _ = handle(.wokeUp)
        _ = handle(.keysRead(current: "one", next: nil))
        guard case .cutReport(_, let limit) = handle(.acknowledgedSequenceRead(0)) else { return nil }
        return limit
    }

    /// Sends a report of entries 1 to `to` and gives what came back.
    mutating func send(_ outcome: UplinkMachine.Event, upTo to: Int64 = 5) -> UplinkMachine.Step {
        _ = handle(.reportCut(CutReport(from: 1, to: to, body: Data())))
        return handle(outcome)
    }

    static func answer(_ status: Int, _ body: some Encodable, retryAfterSeconds: Int64? = nil) throws
        -> UplinkMachine.Event
    {
        .answered(
            TransportAnswer(
                status: status, retryAfterSeconds: retryAfterSeconds, body: try CanonicalJSON.encode(body)))
    }

    static func answer(_ status: Int) -> UplinkMachine.Event {
        .answered(TransportAnswer(status: status, body: Data()))
    }

    static func held(_ watermark: Int64) throws -> UplinkMachine.Event {
        try answer(200, ReportAnswer(status: .held, watermark: watermark, message: ""))
    }
}

@Suite struct BatchSizeTests {
    @Test(arguments: [413, 500, 502, 503, 504, nil])
    func `a report that was too much is followed by one of half as many entries`(status: Int?) throws {
        var driver = MachineDriver()
        #expect(driver.nextEntryLimit() == UplinkService.entryLimit)
        var limits: [Int?] = []
        for _ in 0..<12 {
            _ = driver.send(status.map { MachineDriver.answer($0) } ?? .notAnswered("late"))
            limits.append(driver.nextEntryLimit())
        }
        #expect(limits == [5000, 2500, 1250, 625, 312, 156, 78, 39, 19, 16, 16, 16])
        #expect(limits.last == BatchSize.minimum)
    }

    @Test func `each report that was taken doubles it again, up to the most`() throws {
        var driver = MachineDriver()
        _ = driver.nextEntryLimit()
        for _ in 0..<3 {
            _ = driver.send(.notAnswered("late"))
            _ = driver.nextEntryLimit()
        }
        var limits: [Int] = []
        for _ in 0..<5 {
            guard case .acknowledge = driver.send(try MachineDriver.held(5)),
                case .cutReport(_, let limit) = driver.handle(.acknowledged)
            else { break }
            limits.append(limit)
        }
        #expect(limits == [2500, 5000, 10_000, 10_000, 10_000])
    }

    @Test(arguments: [400, 401, 403, 404, 429])
    func `what has nothing to do with the size changes nothing`(status: Int) {
        var driver = MachineDriver()
        _ = driver.nextEntryLimit()
        _ = driver.send(MachineDriver.answer(status))
        #expect(driver.nextEntryLimit() == UplinkService.entryLimit)
    }

    @Test func `an enrolment that gets no answer says nothing about reports`() throws {
        var driver = MachineDriver()
        _ = driver.nextEntryLimit()
        let notEnrolled = ReportAnswer(status: .notEnrolled, watermark: 0, message: "")
        guard case .sendEnrolment = driver.send(try MachineDriver.answer(403, notEnrolled)) else {
            Issue.record("no enrolment")
            return
        }
        _ = driver.handle(.notAnswered("late"))
        #expect(driver.nextEntryLimit() == UplinkService.entryLimit)
    }
}

@Suite struct RetryAfterTests {
    @Test(arguments: [429, 503])
    func `the cluster's wait is honoured, whatever the answer's body`(status: Int) throws {
        let bodies = [
            try CanonicalJSON.encode(ReportAnswer(status: .busy, watermark: 0, message: "too often")),
            Data("Service Unavailable\n".utf8), Data(),
        ]
        for body in bodies {
            var driver = MachineDriver()
            _ = driver.nextEntryLimit()
            let answer = TransportAnswer(status: status, retryAfterSeconds: 90, body: body)
            guard case .wait(let duration) = driver.send(.answered(answer)) else {
                Issue.record("no wait")
                continue
            }
            #expect(duration == .seconds(90))
        }
    }

    @Test(arguments: [429, 503])
    func `an exchange of keys honours it, too`(status: Int) throws {
        var driver = MachineDriver()
        _ = driver.handle(.wokeUp)
        _ = driver.handle(.keysRead(current: "one", next: "two"))
        let answer = TransportAnswer(status: status, retryAfterSeconds: 90, body: Data())
        guard case .wait(.seconds(90)) = driver.handle(.answered(answer)) else {
            Issue.record("no wait of 90 s")
            return
        }
    }
}

@Suite struct RestoredLedgerTests {
    @Test func `a watermark beyond the ledger is a fork, however the cluster says it`() throws {
        let gap = ReportAnswer(status: .gap, watermark: 9, message: "")
        for answer in [try MachineDriver.held(9), try MachineDriver.answer(409, gap)] {
            var driver = MachineDriver()
            _ = driver.nextEntryLimit()
            // A gap below the report's end is asked for again, so the report has to reach beyond it.
            let step = driver.send(answer, upTo: answer.isGap ? 12 : 5)
            guard case .lookForEntry(9) = step else {
                Issue.record("\(step)")
                continue
            }
            guard case .wait(UplinkService.forkPause) = driver.handle(.entryLookedFor(isThere: false)) else {
                Issue.record("no pause")
                continue
            }
            guard case .forked(let error) = driver.machine.state else {
                Issue.record("\(driver.machine.state)")
                continue
            }
            #expect(error.contains("up to entry 9, which it has not got"))
        }
    }

    @Test func `an entry with the watermark's number acknowledges nothing before its hash was compared`() throws {
        var driver = MachineDriver()
        _ = driver.nextEntryLimit()
        _ = driver.send(try MachineDriver.held(9), upTo: 5)
        let step = driver.handle(.entryLookedFor(isThere: true))
        guard case .cutReport(after: 5, _) = step else {
            Issue.record("\(step)")
            return
        }
    }

    @Test func `a gap within the ledger is cut again`() throws {
        var driver = MachineDriver()
        _ = driver.nextEntryLimit()
        let gap = ReportAnswer(status: .gap, watermark: 3, message: "")
        _ = driver.send(try MachineDriver.answer(409, gap))
        guard case .cutReport(after: 3, _) = driver.handle(.entryLookedFor(isThere: true)) else {
            Issue.record("not cut again")
            return
        }
    }
}

extension UplinkMachine.Event {
    fileprivate var isGap: Bool {
        guard case .answered(let answer) = self else { return false }
        return answer.status == 409
    }
}
