import Foundation
import GRDB
import Station
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite(.timeLimit(.minutes(hangLimitMinutes))) struct ExportTests {
    /// Made by hand from docs/ledger-format.md, the hashes by another SHA-256. Three entries, of which one has readings.
    static let frozen = #"""
        {"first":1,"format":"return-station-ledger-export","last":3,"ledger":"ffeeddccbbaa998877665544332211\#
        00","station":"S-1","version":1}
        {"boot":"0123456789abcdef0123456789abcdef","clockTrusted":1,"hash":"4baf4385cd864c2cb0866413fd7c8e7f\#
        b38c0f7653ea755cb7ceff785e3aea62","kind":"accepted","monotonicNanoseconds":1000000000,"payload":"{\"\#
        item\":{\"bin\":\"reuse\",\"confidencePermille\":987,\"massMilligrams\":35120,\"massSource\":\"measu\#
        red\",\"material\":\"pp\",\"packagingType\":\"cup-300\",\"stream\":\"reuse\",\"tag\":4711},\"passage\#
        \":1}","payloadVersion":1,"previousHash":"0000000000000000000000000000000000000000000000000000000000\#
        000000","readings":"{\"massMilligrams\":{\"atNanoseconds\":11,\"value\":35120},\"metal\":{\"atNanose\#
        conds\":14,\"value\":false},\"spectrum\":{\"atNanoseconds\":13,\"value\":{\"dark\":[3,4],\"integrati\#
        onMicroseconds\":5000,\"raw\":[1,2],\"wavelengthsDecinanometres\":[10140,10200],\"white\":[60000,610\#
        00]}},\"tag\":{\"atNanoseconds\":12,\"value\":{\"number\":4711}},\"version\":1}","readingsDigest":"b\#
        b472ffbb89d9d38c3bb7ae99fb3dc729a64951b0087fdee23d2bdb84ee10bca","sequence":1,"unixMilliseconds":179\#
        0000000000}
        {"boot":"0123456789abcdef0123456789abcdef","clockTrusted":1,"hash":"9351e2b4f21b4e59658a3fe91ec21e25\#
        d2ab655e21f4877eab87198ddef16f0e","kind":"ended","monotonicNanoseconds":1000000000,"payload":"{\"acc\#
        eptedSequence\":1,\"item\":{\"bin\":\"reuse\",\"confidencePermille\":987,\"massMilligrams\":35120,\"\#
        massSource\":\"measured\",\"material\":\"pp\",\"packagingType\":\"cup-300\",\"stream\":\"reuse\",\"t\#
        ag\":4711},\"outcome\":\"committed\"}","payloadVersion":1,"previousHash":"4baf4385cd864c2cb0866413fd\#
        7c8e7fb38c0f7653ea755cb7ceff785e3aea62","readings":null,"readingsDigest":"","sequence":2,"unixMillis\#
        econds":1790000000000}
        {"boot":"0123456789abcdef0123456789abcdef","clockTrusted":1,"hash":"7be5d6b8bfeea4c55ca4e759d58339c4\#
        11575825598ae3bd2855cbe2a155c78d","kind":"commanded","monotonicNanoseconds":1000000000,"payload":"{\\#
        "by\":\"Jürgen \\\"J\\\"\",\"command\":\"clear\"}","payloadVersion":1,"previousHash":"9351e2b4f21b4e\#
        59658a3fe91ec21e25d2ab655e21f4877eab87198ddef16f0e","readings":null,"readingsDigest":"","sequence":3\#
        ,"unixMilliseconds":1790000000000}

        """#

    @Test func `an export gives exactly the frozen bytes`() throws {
        let bench = try Bench()
        let life = [
            Samples.acceptedCup, Samples.ended(1), .commanded(CommandRecord(command: .clear, by: "Jürgen \"J\"")),
        ]
        try bench.storeNamed(life)
        let exported = try bench.exported()
        #expect(exported == Self.frozen)
    }

    @Test func `a text is escaped where JSON wants it, and nowhere else`() throws {
        var entry = try #require(try Bench.stored(Samples.started).last)
        entry.kind = "\u{0}\u{1F}\n \"\\/\u{7F}é\u{2028}😀"
        var portion: [UInt8] = []
        try ExportLinesV1.append(entry, nil, to: &portion)
        let text = String(decoding: portion, as: UTF8.self)
        #expect(text.contains(#""kind":"\u0000\u001f\u000a \"\\/\#u{7F}é\#u{2028}😀","monotonic"#), "\(text)")
    }

    @Test(arguments: [(1, 13), (1, 1), (5, 9), (13, 13)])
    func `a part is the same lines as in the whole`(first: Int, last: Int) throws {
        let bench = try Bench()
        try bench.store(Samples.everyKind)
        let whole = try bench.exported().split(separator: "\n")
        let part = try bench.exported(from: Int64(first), to: Int64(last)).split(separator: "\n")
        #expect(part.dropFirst() == whole[first...last])
        #expect(part[0].hasPrefix("{\"first\":\(first),") && part[0].contains("\"last\":\(last),"))
    }

    @Test func `an empty ledger is a header`() throws {
        let bench = try Bench()
        try bench.store([])
        #expect(try bench.exported().hasPrefix("{\"first\":1,\"format\":\"return-station-ledger-export\",\"last\":0,"))
        #expect(try bench.exported().split(separator: "\n").count == 1)
    }

    @Test func `what is written in portions is the whole, and a portion has a bound`() throws {
        let bench = try Bench()
        let records = (0..<250).map { LedgerRecord.commanded(CommandRecord(command: .clear, by: "\($0)" + long)) }
        try bench.store(records)
        var portions: [Int] = []
        var lines: [Substring] = []
        let export = try LedgerExport(directory: bench.directory)
        try export.run(ExportLinesV1.append) { portion in
            portions.append(portion.count)
            lines += String(decoding: portion, as: UTF8.self).split(separator: "\n")
        }
        #expect(lines.count == 250)
        #expect(portions.count > 5)
        #expect(portions.allSatisfy { $0 < LedgerLimits.exportPortionBytes + 2 * long.count })
        for (index, line) in lines.enumerated() { #expect(line.contains("\"sequence\":\(index + 1),")) }
    }

    private var long: String { String(repeating: "x", count: 8000) }

    @Test func `an export beside the writer ends where the ledger ended at its begin, and holds up no checkpoint`()
        async throws
    {
        let bench = try Bench()
        let writer = try bench.writer()
        try writer.start()
        defer { writer.stop() }
        for _ in 0..<100 { await bench.append(.commanded(CommandRecord(command: .clear, by: long)), to: writer) }
        let export = try LedgerExport(directory: bench.directory)
        await bench.append(Samples.started, to: writer)
        var lines = 0
        try export.run(ExportLinesV1.append) { portion in
            lines += portion.count { $0 == UInt8(ascii: "\n") }
            // While a portion is written out, nobody reads: the whole log can go into the main file.
            let left = try writer.database.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
            #expect(left.walFrameCount == 0)
        }
        #expect(lines == 100)
        #expect(export.header.last == 100)
    }

    @Test func `what cannot be exported is said in a sentence`() throws {
        let bench = try Bench()
        let none = #expect(throws: LedgerError.self) { try bench.exported() }
        #expect(none?.code == .notOpen)
        try bench.store(Samples.everyKind)
        let beyond = #expect(throws: LedgerError.self) { try bench.exported(from: 14) }
        #expect(beyond?.message == "Exporting entries from 14 on: the ledger ends at 13.")
        let turned = #expect(throws: LedgerError.self) { try bench.exported(from: 5, to: 4) }
        #expect(
            turned?.message
                == "Exporting entries 5 to 4: the first must be at least 1, and not behind the last.")
        try bench.tamper("UPDATE entry SET payload = CAST(x'7BFF7D' AS TEXT) WHERE sequence = 3")
        let damaged = #expect(throws: LedgerError.self) { try bench.exported() }
        #expect(damaged?.code == .damaged)
        #expect(damaged?.message.hasPrefix("Exporting entry 3: its payload is not UTF-8") == true)
        #expect(try bench.exported(from: 4).split(separator: "\n").count == 11)
    }
}

extension Bench {
    /// As `store`, in a ledger whose name is known, so that every byte is.
    func storeNamed(_ records: [LedgerRecord]) throws {
        var options = Self.options
        options.ledgerID = "ffeeddccbbaa99887766554433221100"
        let writer = try writer(options)
        for (token, record) in records.enumerated() { writer.append(RecordToken(rawValue: Int64(token)), record) }
        writer.stop()
    }

    static func stored(_ record: LedgerRecord) throws -> [LedgerEntry] {
        let bench = try Bench()
        try bench.store([record])
        return try bench.entries()
    }

    /// An export as JSON Lines.
    func exported(from first: Int64 = 1, to last: Int64? = nil) throws -> String {
        let export = try LedgerExport(directory: directory, from: first, to: last)
        var bytes = ExportLinesV1.header(export.header)
        try export.run(ExportLinesV1.append) { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }
}
