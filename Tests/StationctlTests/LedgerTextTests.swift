import FoundationEssentials
import Testing
import Vocabulary

@testable import Ledger
@testable import stationctl

/// What `stationctl ledger export --format csv` and `ledger recount` print.
struct LedgerTextTests {
    private let cup = Acceptance(
        identification: Identification(
            packagingType: "cup-300", material: .pp, stream: .reuse, massMilligrams: 35_120, massSource: .measured),
        bin: "reuse", confidencePermille: 987)

    private func row(_ record: LedgerRecord, keepsReadings: Bool = true) throws -> String {
        let encoded = try EncodedRecord(record)
        let entry = LedgerEntry(
            sequence: 7, bootID: "0123456789abcdef0123456789abcdef", monotonicNanoseconds: 42,
            unixMilliseconds: 1_790_000_000_123, clockTrusted: 1, kind: encoded.kind.rawValue,
            payloadVersion: encoded.payloadVersion, payload: encoded.payload, readingsDigest: encoded.readingsDigest,
            previousHash: LedgerHead.none.hash, hash: Data([0xAB, 0xCD]))
        var portion: [UInt8] = []
        LedgerCSV.append(entry, keepsReadings ? encoded.readings : nil, to: &portion)
        return String(decoding: portion, as: UTF8.self)
    }

    @Test func `the columns are frozen`() {
        #expect(
            String(decoding: LedgerCSV.header, as: UTF8.self) == """
                sequence,time,clock_trusted,kind,passage,ends_entry,outcome,cause,packaging_type,material,stream,bin,\
                mass_grams,confidence_percent,readings,payload,hash\r\n
                """)
    }

    @Test func `an entry is a row, quoted where needed`() throws {
        let accepted = LedgerRecord.accepted(
            AcceptanceRecord(passage: PassageID(rawValue: 3), acceptance: cup, evidence: Evidence()))
        let payload = """
            "{""item"":{""bin"":""reuse"",""confidencePermille"":987,""massMilligrams"":35120,\
            ""massSource"":""measured"",""material"":""pp"",""packagingType"":""cup-300"",""stream"":""reuse""},\
            ""passage"":3}"
            """
        let time = "2026-09-21 14:13:20.123"
        #expect(
            try row(accepted)
                == "7,\(time),1,accepted,3,,,,cup-300,pp,reuse,reuse,35.120,98.7,kept,\(payload),abcd\r\n")
        #expect(try row(accepted, keepsReadings: false).contains(",98.7,removed,\""))
        let stopped = try row(.stopped(StopRecord(drained: true)))
        #expect(stopped == "7,\(time),1,stopped,,,,,,,,,,,,\"{\"\"drained\"\":true}\",abcd\r\n")
    }

    @Test func `outcomes and refusals say what became of the item`() throws {
        let ended = try row(
            .ended(OutcomeRecord(acceptedSequence: 5, acceptance: cup, outcome: .reversed, cause: .pulledOut)))
        #expect(ended.contains(",ended,,5,reversed,pulledOut,cup-300,pp,reuse,reuse,35.120,98.7,,"))
        let refused = try row(
            .refused(
                RefusalRecord(
                    passage: PassageID(rawValue: 4),
                    rejection: Rejection(reason: .foreign, material: .unknown, confidencePermille: 7),
                    withdrawn: false, massMilligrams: -50, evidence: Evidence())))
        #expect(refused.contains(",refused,4,,returned,foreign,,unknown,,,-0.050,0.7,kept,"))
    }

    private var agreeing: LedgerRecount {
        var found = LedgerRecount(
            identity: LedgerIdentity(ledger: "0123456789abcdef0123456789abcdef", station: "rs-1"), lastSequence: 412)
        found.tables = [
            .init(name: "returns", storedRows: 129, recountedRows: 129, differingRows: 0),
            .init(name: "totals", storedRows: 40, recountedRows: 40, differingRows: 0),
        ]
        return found
    }

    @Test func `tables that agree are listed`() {
        #expect(
            recountText(agreeing, directory: "/var/lib/return-station") == """
                The ledger of station rs-1 in /var/lib/return-station says in its tables what its 412 entries say.
                TABLE    STORED ROWS  RECOUNTED ROWS  DIFFER
                returns          129             129       0
                totals            40              40       0
                """)
    }

    @Test func `what differs stands in a table of its own`() {
        var found = agreeing
        found.tables[1].differingRows = 3
        let row = "497222 cup-300 pp reuse committed"
        found.differences = [
            .init(table: "totals", row: row, column: "units", stored: "2", recounted: "1"),
            .init(table: "totals", row: row, column: "mass_milligrams", stored: nil, recounted: "35120"),
        ]
        #expect(
            recountText(found, directory: "ledger") == """
                The ledger of station rs-1 in ledger does NOT say in its tables what its 412 entries say.
                TABLE    STORED ROWS  RECOUNTED ROWS  DIFFER
                returns          129             129       0
                totals            40              40       3

                TABLE   ROW                                COLUMN           STORED  RECOUNTED
                totals  497222 cup-300 pp reuse committed  units                 2          1
                totals  497222 cup-300 pp reuse committed  mass_milligrams       -      35120
                and 2 more rows, not shown
                Nothing was changed. The entries are the truth if `stationctl ledger verify` finds no other problem; \
                tell support.
                """)
    }

    @Test func `tables of another version are not compared`() {
        var found = agreeing
        (found.areCurrent, found.tables) = (false, [])
        #expect(
            recountText(found, directory: "ledger") == """
                The ledger of station rs-1 in ledger, counted again up to entry 412, has no tables of this version to \
                compare with; they are rebuilt at the daemon's next start.
                """)
    }
}
