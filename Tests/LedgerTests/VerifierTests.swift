import Foundation
import GRDB
import Station
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite(.timeLimit(.minutes(hangLimitMinutes))) struct VerifierTests {
    @Test func `a whole ledger has no problems and its counts are right, also while it is in use`() async throws {
        let bench = try Bench()
        let writer = try bench.writer()
        try writer.start()
        for record in Samples.everyKind + [Samples.acceptedCup] { writer.append(RecordToken(rawValue: 1), record) }
        _ = await bench.sink.answers(14)
        let result = try bench.verify()
        #expect(result.isWhole, "\(result.problems)")
        #expect(result.entries == 14 && result.acceptances == 3 && result.outcomes == 2 && result.refusals == 2)
        #expect(result.openAcceptances == [14])
        #expect(try result.head == bench.entries().last?.head)
        #expect(result.identity == writer.identity)
        writer.stop()
    }

    struct Change: Sendable, CustomTestStringConvertible {
        var column: String
        /// SQL that gives the changed value.
        var value: String
        var testDescription: String { "\(column) = \(value)" }
    }

    /// SQL for the byte at `place`, as another byte than it is: a hash may hold any, so no single one would do.
    static func otherByte(_ column: String, at place: Int) -> String {
        "CASE substr(\(column), \(place), 1) WHEN x'7F' THEN x'80' ELSE x'7F' END"
    }

    static let changes: [Change] =
        ["sequence", "monotonic_nanoseconds", "unix_milliseconds", "payload_version"]
        .map { Change(column: $0, value: "\($0) + 256") }
        + [Change(column: "clock_trusted", value: "1 - clock_trusted")]
        + ["boot", "kind", "payload"].flatMap { column in
            [
                Change(column: column, value: "'#' || substr(\(column), 2)"),
                Change(column: column, value: "substr(\(column), 1, length(\(column)) - 1) || '#'"),
                Change(column: column, value: "\(column) || ' '"),
                Change(column: column, value: "\(column) || char(0) || 'x'"),
                Change(column: column, value: "CAST(x'FF' || substr(\(column), 2) AS TEXT)"),
            ]
        }
        + ["previous_hash", "hash"].flatMap { column in
            [
                Change(column: column, value: "CAST(\(otherByte(column, at: 1)) || substr(\(column), 2) AS BLOB)"),
                Change(column: column, value: "CAST(substr(\(column), 1, 31) || \(otherByte(column, at: 32)) AS BLOB)"),
            ]
        }
        + [
            Change(
                column: "readings_digest",
                value: """
                    CAST(\(otherByte("readings_digest", at: 1)) || coalesce(substr(readings_digest, 2), zeroblob(31))
                    AS BLOB)
                    """),
            Change(column: "readings_digest", value: "zeroblob(32)"), Change(column: "readings_digest", value: "x''"),
        ]

    @Test(arguments: changes)
    func `a change of any column of any kind of entry is found`(change: Change) throws {
        let bench = try Bench()
        try bench.store(Samples.everyKind)
        let original = try Data(contentsOf: URL(fileURLWithPath: bench.place.database))
        for sequence in 1...Samples.everyKind.count {
            try original.write(to: URL(fileURLWithPath: bench.place.database))
            let isChanged = try bench.count(
                """
                SELECT CAST(\(change.column) AS BLOB) IS NOT CAST(\(change.value) AS BLOB) FROM entry
                WHERE sequence = \(sequence)
                """
            )
            try bench.tamper("UPDATE entry SET \(change.column) = \(change.value) WHERE sequence = \(sequence)")
            let result = try bench.verify()
            // Only an empty digest set to empty, where there are no readings, is no change.
            #expect(result.isWhole == (isChanged == 0), "entry \(sequence)")
            #expect(isChanged == 1 || change.column == "readings_digest")
            // An entry under another number is one that is missing and one too many.
            let isNamed = result.problems.contains { $0.contains("ntry \(sequence)") }
            #expect(isChanged == 0 || isNamed || change.column == "sequence")
        }
    }

    @Test(arguments: ["'#' || substr(readings, 2)", "readings || ' '", "readings || char(0)", "NULL"])
    func `changed readings are found, and removed ones that the cluster has not acknowledged`(value: String) throws {
        for sequence in [2, 4, 6, 7] {
            let bench = try Bench()
            try bench.store(Samples.everyKind)
            try bench.tamper("UPDATE entry SET readings = \(value) WHERE sequence = \(sequence)")
            let result = try bench.verify()
            #expect(result.problemCount == 1)
            #expect(result.problems.first?.contains("readings of entry \(sequence)") == true)
        }
    }

    struct Tampering: Sendable, CustomTestStringConvertible {
        var sql: String
        var finding: String
        var testDescription: String { sql }
    }

    @Test(arguments: [
        Tampering(sql: "UPDATE ledger SET station = 'S-9'", finding: "Entry 1 was changed"),
        Tampering(sql: "UPDATE ledger SET ledger = replace(ledger, substr(ledger, 1, 1), 'g')", finding: "Entry 1 was"),
        Tampering(sql: "DELETE FROM entry WHERE sequence = 5", finding: "Entry 6 follows entry 4"),
        Tampering(sql: "DELETE FROM entry WHERE sequence = 1", finding: "Entry 2 follows entry 0"),
        Tampering(
            sql: "UPDATE uplink SET acknowledged_sequence = 13; DELETE FROM entry WHERE sequence = 13",
            finding: "acknowledged entry 13"),
        Tampering(
            sql: "UPDATE returns SET outcome = 'committed', cause = NULL WHERE sequence = 4",
            finding: "`returns` does not say what the entries say: 2 rows differ, the first of entry 4"),
        Tampering(sql: "UPDATE totals SET units = units + 1 WHERE outcome = 'committed'", finding: "`totals` does not"),
        Tampering(sql: "DELETE FROM totals WHERE outcome = 'reversed'", finding: "`totals` does not"),
        Tampering(sql: "DROP TABLE totals", finding: "`totals` is missing"),
    ])
    func `whatever else is changed is found and named`(tampering: Tampering) throws {
        let bench = try Bench()
        try bench.store(Samples.everyKind)
        try bench.tamper(tampering.sql)
        let result = try bench.verify()
        #expect(result.problems.contains { $0.contains(tampering.finding) }, "\(result.problems)")
    }

    @Test func `an acceptance that is ended twice is found though the chain is whole`() throws {
        let bench = try Bench()
        try bench.store([Samples.acceptedCup, Samples.ended(1)])
        try bench.endAgain(1)
        let result = try bench.verify()
        #expect(result.problems.contains { $0.contains("Entry 3 ends entry 1, which is not an open acceptance") })
    }

    @Test func `more problems than are spelled out are still counted`() throws {
        let bench = try Bench()
        try bench.store((1...50).map { _ in Samples.started })
        try bench.tamper("UPDATE entry SET clock_trusted = 0")
        let result = try bench.verify()
        #expect(result.problemCount == 50)
        #expect(result.problems.count == 20)
    }

    @Test func `a file that is no ledger cannot be verified`() throws {
        let bench = try Bench()
        try Data(repeating: 7, count: 5000).write(to: URL(fileURLWithPath: bench.place.database))
        let error = try #require(throws: LedgerError.self) { try bench.verify() }
        #expect(error.code == .damaged)
    }
}

extension Bench {
    /// A second outcome, as a writer with a mistake would write it: the row is opened again, so that nothing stops it.
    func endAgain(_ accepted: Int64) throws {
        let database = try DatabaseQueue(path: place.database)
        try database.write { db in
            try db.execute(sql: "UPDATE returns SET outcome = NULL")
            var appender = EntryAppender(
                identity: try EntryTable.identity(db), bootID: Bench.boot, head: try EntryTable.head(db))
            let stamp = Stamp(instant: .zero, wallTime: clock.wallTime)
            _ = try appender.append(Samples.ended(accepted), stamp, db)
        }
        try database.close()
    }
}
