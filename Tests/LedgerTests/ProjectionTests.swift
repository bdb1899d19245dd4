import Foundation
import GRDB
import OperatorAPI
import Station
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite(.timeLimit(.minutes(hangLimitMinutes))) struct ProjectionTests {
    private static let tables = ["returns ORDER BY sequence", "totals ORDER BY 1, 2, 3, 4, 5", "untimed ORDER BY 1, 2"]

    private func rows(_ bench: Bench) throws -> [[Row]] {
        try LedgerFile.openForReading(bench.place).read { db in
            try Self.tables.map { try Row.fetchAll(db, sql: "SELECT * FROM \($0)") }
        }
    }

    @Test(arguments: 1...5) func `rebuilt projections equal those kept entry by entry`(seed: UInt64) async throws {
        let bench = try Bench()
        try bench.store(Array(RandomLife(seed: seed, steps: 60).records))
        let kept = try rows(bench)
        #expect(kept[0].count > 30 && kept[1].count > 10)
        try bench.alter("DELETE FROM returns WHERE sequence % 3 = 0; UPDATE totals SET units = units + 1")
        #expect(try rows(bench) != kept)
        let writer = try bench.writer()
        try writer.start()
        try await writer.rebuildProjections()
        #expect(try rows(bench) == kept)
        writer.stop()
        #expect(try bench.verify().isWhole)
    }

    @Test(arguments: [
        "DROP TABLE returns", "DROP TABLE totals", "UPDATE projection SET version = 0", "DELETE FROM projection",
    ])
    func `missing or outdated projections are rebuilt at opening`(sql: String) throws {
        let bench = try Bench()
        try bench.store(Samples.everyKind)
        let kept = try rows(bench)
        try bench.alter(sql)
        #expect(try !bench.verify().isWhole)
        try bench.store([])
        #expect(try rows(bench) == kept)
        #expect(try bench.verify().isWhole)
    }

    @Test func `the reader gives returns newest first, with the outcome where there is one`() async throws {
        let bench = try Bench()
        let writer = try bench.writer()
        for record in Samples.everyKind + [Samples.acceptedCup] { writer.append(RecordToken(rawValue: 1), record) }
        try writer.start()
        _ = await bench.sink.answers(14)
        let reader = try LedgerReader(directory: bench.directory)
        let unix = bench.clock.wallTime.unixMilliseconds
        func row(
            _ sequence: Int64, _ type: PackagingTypeID?, _ material: Material, _ stream: Vocabulary.Stream?,
            _ bin: BinID?, _ mass: Int64, _ confidence: Int, _ outcome: Outcome?, _ cause: String?
        ) -> ReturnRow {
            ReturnRow(
                sequence: sequence, unixMilliseconds: unix, packagingType: type, material: material, stream: stream,
                bin: bin, massMilligrams: mass, confidencePermille: confidence, outcome: outcome, cause: cause)
        }
        let expected = [
            row(14, "cup-300", .pp, .reuse, "reuse", 35_120, 987, nil, nil),
            row(7, "cup-300", .pp, nil, nil, 35_000, 950, .returned, "binFull"),
            row(6, nil, .unknown, nil, nil, 0, 300, .returned, "foreign"),
            row(4, nil, .pet, .recycling, "plastic", 24_000, 901, .reversed, "pulledOut"),
            row(2, "cup-300", .pp, .reuse, "reuse", 35_120, 987, .committed, nil),
        ]
        #expect(try await reader.returns(limit: 100) == expected)
        #expect(try await reader.returns(limit: 2) == Array(expected.prefix(2)))
        #expect(try await reader.returns(limit: -1) == [])
        let status = try await reader.status()
        #expect(status.ledger == writer.identity.ledger)
        #expect(status.lastSequence == 14 && status.acknowledgedSequence == 0)
        #expect(try await reader.head().hash == bench.entries().last?.hash)
        writer.stop()
    }

    @Test func `totals are added up over all hours`() async throws {
        let bench = try Bench()
        let writer = try bench.writer()
        for hour in 0..<3 {
            writer.append(RecordToken(rawValue: 1), Samples.acceptedCup)
            writer.append(RecordToken(rawValue: 2), Samples.ended(Int64(2 * hour + 1)))
            bench.clock.advance(.seconds(3600))
        }
        writer.append(RecordToken(rawValue: 3), Samples.refused)
        writer.stop()
        #expect(try bench.count("SELECT count(*) FROM totals") == 4)
        let totals = try await LedgerReader(directory: bench.directory).totals()
        #expect(
            totals == [
                TotalRow(
                    packagingType: nil, material: .unknown, stream: nil, outcome: .returned, units: 1,
                    massMilligrams: 0),
                TotalRow(
                    packagingType: "cup-300", material: .pp, stream: .reuse, outcome: .committed, units: 3,
                    massMilligrams: 3 * 35_120),
            ])
    }

    @Test func `without a ledger, or with a newer one, there is no reader`() throws {
        let bench = try Bench()
        let missing = try #require(throws: LedgerError.self) { try LedgerReader(directory: bench.directory) }
        #expect(missing.code == .notOpen)
        try bench.store([])
        try bench.tamper("PRAGMA user_version = 3")
        let newer = try #require(throws: LedgerError.self) { try LedgerReader(directory: bench.directory) }
        #expect(newer.code == .newerFormat)
    }
}
