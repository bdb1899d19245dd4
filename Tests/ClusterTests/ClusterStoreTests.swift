import ClusterAPI
import Foundation
import GRDB
import Testing
import Vocabulary

@testable import ClusterStore

struct MalformedRow: CustomTestStringConvertible {
    var testDescription: String
    var report: CountReport

    static func changed(_ name: String, _ change: (inout CountReport) -> Void) -> MalformedRow {
        var changed = ClusterTests.report(4, 6)
        change(&changed)
        return MalformedRow(testDescription: name, report: changed)
    }

    static let all = [
        changed("version 2") { $0.version = 2 },
        changed("from 0") { $0.from = 0 },
        changed("to before from") { $0.to = 3 },
        changed("ledger of 31 digits") { $0.ledger.removeLast() },
        changed("upper-case digits") { $0.head = $0.head.uppercased() },
        changed("previous head that is no hexadecimal") { $0.previousHead = String(repeating: "g", count: 64) },
        changed("more units taken back than were counted") { $0.totals[0].units = -4 },
        changed("more mass taken back than was counted") { $0.totals[0].massMilligrams = -105_001 },
        changed("units taken back where nothing was counted") { $0.totals.append(cups(-1, hour: 490_001)) },
        changed("fewer units than an hour can hold") { $0.totals[0].units = -1_000_000_001 },
        changed("more units than an hour can hold") { $0.totals[0].units = 1_000_000_001 },
        changed("mass near the end of 64 bits") { $0.totals[0].massMilligrams = .max },
        changed("a key twice") { $0.totals.append($0.totals[0]) },
        changed("keys out of order") { $0.totals.insert(cups(1, hour: 490_001), at: 0) },
        changed("too many totals") { $0.totals = (0...2000).map { cups(1, hour: $0) } },
    ]
}

@Suite struct ClusterStoreTests {
    @Test func `the writing connection waits for the disk`() async throws {
        try await withStore { store in
            let synchronous = try await store.database.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
            #expect(synchronous == 2)
            let journal = try await store.database.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
            #expect(journal == "wal")
        }
    }

    @Test func `counts each entry once however often it is reported`() async throws {
        try await withStore { store in
            try await store.enrolAndApprove(key: fixedKey())
            #expect(try await store.accept(report(1, 3)).status == .held)
            #expect(try await store.accept(report(1, 3)).status == .held)
            #expect(try await store.accept(report(4, 4)).watermark == 4)
            #expect(try await store.accept(report(2, 3)).watermark == 4)
            #expect(try await store.allTotals() == [cups(4)])
        }
    }

    @Test func `a station with a new ledger goes on counting`() async throws {
        try await withStore { store in
            try await store.enrolAndApprove(key: fixedKey())
            _ = try await store.accept(report(1, 3))
            #expect(try await store.accept(report(2, 3, ledger: ledgerB)).status == .gap)
            #expect(try await store.accept(report(1, 2, ledger: ledgerB)).status == .held)
            #expect(try await store.allTotals() == [cups(5)])
            let summary = try #require(try await store.stations().first)
            #expect(summary.ledger == ledgerB)
            #expect(summary.watermark == 2)
        }
    }

    @Test func `a station begins a bounded number of ledgers`() async throws {
        try await withStore { store in
            try await store.enrolAndApprove(key: fixedKey())
            for number in 0..<ClusterStore.ledgersPerStationLimit {
                let ledger = String(repeating: "0", count: 28) + String(number + 1000)
                #expect(try await store.accept(report(1, 1, ledger: ledger)).status == .held)
            }
            let before = try await store.dump()
            #expect(try await store.accept(report(1, 1, ledger: ledgerB)).status == .malformed)
            #expect(try await store.dump() == before)
        }
    }

    @Test(arguments: MalformedRow.all)
    func `a malformed report changes nothing`(row: MalformedRow) async throws {
        try await withStore { store in
            try await store.enrolAndApprove(key: fixedKey())
            _ = try await store.accept(report(1, 3))
            let before = try await store.dump()
            #expect(try await store.accept(row.report).status == .malformed)
            #expect(try await store.dump() == before)
            #expect(try await store.accept(report(4, 6)).status == .held, "the same range is taken when it is right")
        }
    }

    @Test func `a correction takes back what was counted, down to nothing, and not below`() async throws {
        try await withStore { store in
            try await store.enrolAndApprove(key: fixedKey())
            _ = try await store.accept(report(1, 3))
            let moved = [cups(-1), cups(1, hour: 490_001, massMilligrams: 30_000)]
            #expect(try await store.accept(report(4, 4, totals: moved)).status == .held)
            #expect(try await store.allTotals() == [cups(2), cups(1, hour: 490_001, massMilligrams: 30_000)])
            #expect(try await store.accept(report(5, 5, totals: [cups(-2)])).status == .held)
            #expect(
                try await store.allTotals() == [cups(1, hour: 490_001, massMilligrams: 30_000)],
                "a total that is nothing is no row")
            let before = try await store.dump()
            let refused = try await store.accept(
                report(6, 6, totals: [cups(5), cups(-1, hour: 490_001, massMilligrams: -35_000)]))
            #expect(
                refused
                    == ReportAnswer(
                        status: .malformed, watermark: 0,
                        message: "The report is refused: it takes 1 units and 35000 mg from the total of hour 490001, "
                            + "cup-300 pp reuse committed, which would leave 0 units and -5000 mg."))
            #expect(try await store.dump() == before)
        }
    }

    @Test func `gaps, overlaps and repeats change nothing`() async throws {
        try await withStore { store in
            try await store.enrolAndApprove(key: fixedKey())
            _ = try await store.accept(report(1, 3))
            let before = try await store.dump()
            for (from, to) in [(Int64(5), Int64(6)), (3, 4), (1, 3), (1, 2)] {
                let answer = try await store.accept(report(from, to))
                #expect(answer.watermark == 3)
                #expect(answer.status == (to > 3 ? .gap : .held))
            }
            #expect(try await store.dump() == before)
        }
    }

    @Test func `only approved stations are counted`() async throws {
        try await withStore { store in
            let key = try fixedKey()
            #expect(try await store.accept(report(1, 3)).status == .notEnrolled)
            _ = try await store.enrol(EnrolmentRequest(station: cupStation, publicKey: key.publicKey))
            #expect(try await store.accept(report(1, 3)).status == .notEnrolled)
            try await store.approve(cupStation, fingerprint: key.fingerprint)
            #expect(try await store.accept(report(1, 3)).status == .held)
            try await store.refuse(cupStation)
            #expect(try await store.accept(report(4, 5)).status == .notEnrolled)
            #expect(try await store.allTotals() == [cups(3)])
        }
    }

    @Test func `a fork is kept for a person, once and up to a limit, and counts nothing`() async throws {
        try await withStore { store in
            try await store.enrolAndApprove(key: fixedKey())
            _ = try await store.accept(report(1, 3))
            for _ in 0..<2 { #expect(try await store.accept(report(4, 5, branch: "other")).status == .fork) }
            #expect(try await store.accept(report(2, 3, branch: "other")).status == .fork)
            func forks() async throws -> [String] { try await store.dump().filter { $0.hasPrefix("forks ") } }
            #expect(try await forks().count == 2)
            for to in Int64(10)..<30 { _ = try await store.accept(report(4, to, branch: "other")) }
            #expect(try await forks().count == ClusterStore.forksPerStationLimit)
            #expect(try await store.allTotals() == [cups(3)])
            let summary = try #require(try await store.stations().first)
            #expect(summary.isForked)
            #expect(summary.head == head(3))
        }
    }

    @Test func `an approved key is never overwritten`() async throws {
        try await withStore { store in
            let key = try fixedKey()
            let other = try fixedKey(9)
            try await store.enrolAndApprove(key: key)
            let decision = try await store.enrol(EnrolmentRequest(station: cupStation, publicKey: other.publicKey))
            #expect(decision == .answered(EnrolmentAnswer(state: .approved, fingerprint: key.fingerprint)))
            #expect(try await store.enrolment(of: cupStation)?.publicKey == key.publicKey)
        }
    }

    @Test func `a refused key stays refused, another one waits`() async throws {
        try await withStore { store in
            let key = try fixedKey()
            let other = try fixedKey(9)
            try await store.enrolAndApprove(key: key)
            try await store.refuse(cupStation)
            let same = try await store.enrol(EnrolmentRequest(station: cupStation, publicKey: key.publicKey))
            #expect(same == .answered(EnrolmentAnswer(state: .refused, fingerprint: key.fingerprint)))
            let new = try await store.enrol(EnrolmentRequest(station: cupStation, publicKey: other.publicKey))
            #expect(new == .answered(EnrolmentAnswer(state: .pending, fingerprint: other.fingerprint)))
        }
    }

    @Test func `approval needs the fingerprint of the key`() async throws {
        try await withStore { store in
            let key = try fixedKey()
            _ = try await store.enrol(EnrolmentRequest(station: cupStation, publicKey: key.publicKey))
            await #expect(throws: ClusterStoreError.self) {
                try await store.approve(cupStation, fingerprint: fixedKey(9).fingerprint)
            }
            await #expect(throws: ClusterStoreError.self) {
                try await store.approve("rs-2", fingerprint: key.fingerprint)
            }
            #expect(try await store.enrolment(of: cupStation)?.state == .pending)
            try await store.approve(cupStation, fingerprint: key.fingerprint.uppercased().filter { $0 != " " })
            #expect(try await store.enrolment(of: cupStation)?.state == .approved)
        }
    }

    @Test func `a bounded number of stations waits for approval`() async throws {
        try await withStore { store in
            try await store.database.write { connection in
                for number in 0..<ClusterStore.pendingStationsLimit {
                    try connection.execute(
                        sql: "INSERT INTO stations VALUES (?, ?, 'pending', NULL)", arguments: ["s-\(number)", Data()])
                }
            }
            let request = EnrolmentRequest(station: cupStation, publicKey: try fixedKey().publicKey)
            #expect(try await store.enrol(request) == .tooManyPending(limit: ClusterStore.pendingStationsLimit))
            try await store.refuse("s-0")
            #expect(
                try await store.enrol(request)
                    == .answered(EnrolmentAnswer(state: .pending, fingerprint: fixedKey().fingerprint)))
        }
    }

    @Test func `a key of another length is refused`() async throws {
        try await withStore { store in
            let decision = try await store.enrol(EnrolmentRequest(station: cupStation, publicKey: Data([1, 2, 3])))
            #expect(
                decision == .malformed("The public key has 3 bytes, an Ed25519 key has 32."))
            #expect(try await store.stations().isEmpty)
        }
    }
}
