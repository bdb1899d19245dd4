import Foundation
import TestSupport
import Testing

@testable import Ledger

@Suite(.timeLimit(.minutes(hangLimitMinutes))) struct RecountTests {
    private func recount(_ bench: Bench) throws -> LedgerRecount {
        try LedgerRecounter(directory: bench.directory).recount()
    }

    @Test(arguments: 1...3) func `tables that the writer kept say what the entries say`(seed: UInt64) throws {
        let bench = try Bench()
        try bench.store(RandomLife(seed: seed, steps: 100).records)
        let found = try recount(bench)
        #expect(found.agrees && found.differences.isEmpty)
        #expect(found.lastSequence == (try bench.verify().head.sequence))
        #expect(found.tables.map(\.name) == ["returns", "totals", "untimed"])
        #expect(found.tables.allSatisfy { $0.storedRows == $0.recountedRows })
        // The clock was trusted all the time.
        #expect(found.tables.filter { $0.storedRows == 0 }.map(\.name) == ["untimed"])
    }

    @Test func `an open acceptance beside the running writer is no difference`() async throws {
        let bench = try Bench()
        let writer = try bench.writer()
        try writer.start()
        defer { writer.stop() }
        await bench.append(Samples.acceptedCup, to: writer)
        #expect(try recount(bench).agrees)
    }

    struct Change: Sendable, CustomTestStringConvertible {
        var sql: String
        var differences: [String]
        var testDescription: String { sql }
    }

    @Test(arguments: [
        Change(
            sql: "UPDATE returns SET outcome = 'committed', cause = NULL WHERE sequence = 4",
            differences: ["returns 4 outcome committed reversed", "returns 4 cause - pulledOut"]),
        Change(
            sql: "UPDATE totals SET units = units + 1 WHERE outcome = 'committed'",
            differences: ["totals 497222 cup-300 pp reuse committed units 2 1"]),
        Change(
            sql: "DELETE FROM totals WHERE outcome = 'reversed'",
            differences: [
                "totals 497222 - pet recycling reversed units - 1",
                "totals 497222 - pet recycling reversed mass_milligrams - 24000",
            ]),
        Change(
            sql: "UPDATE totals SET outcome = 'unconfirmed' WHERE outcome = 'committed'",
            differences: [
                "totals 497222 cup-300 pp reuse committed units - 1",
                "totals 497222 cup-300 pp reuse committed mass_milligrams - 35120",
                "totals 497222 cup-300 pp reuse unconfirmed units 1 -",
                "totals 497222 cup-300 pp reuse unconfirmed mass_milligrams 35120 -",
            ]),
        // A row of the stored side stands right before one of the other, and is not taken for its counterpart.
        Change(
            sql: "UPDATE totals SET outcome = 'aaa' WHERE outcome = 'committed'",
            differences: [
                "totals 497222 cup-300 pp reuse aaa units 1 -",
                "totals 497222 cup-300 pp reuse aaa mass_milligrams 35120 -",
                "totals 497222 cup-300 pp reuse committed units - 1",
                "totals 497222 cup-300 pp reuse committed mass_milligrams - 35120",
            ]),
        Change(
            sql: "UPDATE returns SET sequence = 99 WHERE sequence = 6; UPDATE returns SET bin = 'x' WHERE sequence = 2",
            differences: [
                "returns 2 bin x reuse", "returns 6 unix_milliseconds - 1790000000000", "returns 6 time_trusted - 1",
                "returns 6 material - unknown",
                "returns 6 mass_milligrams - 0", "returns 6 confidence_permille - 300", "returns 6 ended_sequence - 6",
                "returns 6 outcome - returned", "returns 6 cause - foreign",
                "returns 6 unix_hour - 497222", "returns 6 is_void - 0",
                "returns 99 unix_milliseconds 1790000000000 -", "returns 99 time_trusted 1 -",
                "returns 99 material unknown -",
                "returns 99 mass_milligrams 0 -", "returns 99 confidence_permille 300 -",
                "returns 99 ended_sequence 6 -", "returns 99 outcome returned -", "returns 99 cause foreign -",
                "returns 99 unix_hour 497222 -", "returns 99 is_void 0 -",
            ]),
    ])
    func `every value that differs is named, and the file stays as it is`(change: Change) throws {
        let bench = try Bench()
        try bench.store(Samples.everyKind)
        try bench.tamper(change.sql)
        let before = try Data(contentsOf: URL(fileURLWithPath: bench.place.database))
        let found = try recount(bench)
        #expect(!found.agrees)
        #expect(
            found.differences.map {
                "\($0.table) \($0.row) \($0.column) \($0.stored ?? "-") \($0.recounted ?? "-")"
            } == change.differences)
        #expect(found.differingRows == Int64(Set(found.differences.map(\.row)).count))
        #expect(try Data(contentsOf: URL(fileURLWithPath: bench.place.database)) == before)
    }

    @Test func `more rows than are spelled out are still counted`() throws {
        let bench = try Bench()
        try bench.store((0..<50).flatMap { [Samples.acceptedCup, Samples.ended(2 * $0 + 1)] })
        try bench.tamper("UPDATE returns SET mass_milligrams = 1; UPDATE totals SET units = 7")
        let found = try recount(bench)
        #expect(found.differingRows == 51)
        #expect(found.differences.count == 20)
    }

    @Test func `tables that are missing are not compared, and do not agree`() throws {
        let bench = try Bench()
        try bench.store(Samples.everyKind)
        try bench.tamper("DROP TABLE totals")
        let found = try recount(bench)
        #expect(!found.agrees && !found.areCurrent && found.tables.isEmpty)
    }

    @Test func `an entry that cannot be read ends the recount with a sentence`() throws {
        let bench = try Bench()
        try bench.store(Samples.everyKind)
        try bench.tamper("UPDATE entry SET payload = '{}' WHERE sequence = 5")
        let error = try #require(throws: LedgerError.self) { try recount(bench) }
        #expect(error.code == .damaged)
        #expect(error.message.hasPrefix("Entry 5 of the ledger does not hold a record of kind ended"))
    }
}
