import ClusterAPI
import Crypto
import Foundation
import GRDB
import Testing
import Vocabulary

@testable import Ledger

/// What is written here has shipped. If one of these tests fails, do not change the test: add a version.
@Suite struct FormatTests {
    struct FrozenPayload: Sendable, CustomTestStringConvertible {
        var record: LedgerRecord
        var payload: String
        var testDescription: String { payload }
    }

    static let item = """
        {"bin":"reuse","confidencePermille":987,"massMilligrams":35120,"massSource":"measured","material":"pp",\
        "packagingType":"cup-300","stream":"reuse","tag":4711}
        """
    static let plainItem = """
        {"bin":"plastic","confidencePermille":901,"massMilligrams":24000,"massSource":"catalogue","material":"pet",\
        "stream":"recycling"}
        """
    static let payloads: [String] = [
        #"{"catalogueVersion":"2026-1","configurationDigest":"ab/cd","softwareVersion":"1.0"}"#,
        #"{"item":\#(item),"passage":1}"#,
        #"{"acceptedSequence":2,"item":\#(item),"outcome":"committed"}"#,
        #"{"item":\#(plainItem),"passage":2}"#,
        #"{"acceptedSequence":4,"cause":"pulledOut","item":\#(plainItem),"outcome":"reversed"}"#,
        #"{"confidencePermille":300,"material":"unknown","passage":3,"reason":"foreign","withdrawn":true}"#,
        """
        {"confidencePermille":950,"massMilligrams":35000,"material":"pp","packagingType":"cup-300","passage":4,\
        "reason":"binFull","withdrawn":false}
        """,
        #"{"causes":["jam"],"from":"idle","to":"held"}"#,
        #"{"code":"binFull","subject":"plastic"}"#,
        #"{"code":"emergencyStop","subject":""}"#,
        #"{"by":"anna","command":"clear"}"#,
        #"{"bin":"plastic","by":"anna","command":"binEmptied"}"#,
        #"{"drained":true}"#,
        #"{"stepMilliseconds":-3600000,"trusted":false}"#,
        """
        {"anchorMonotonicNanoseconds":1000000000,"anchorUnixMilliseconds":1790000000000,\
        "boot":"0123456789abcdef0123456789abcdef","first":2,"last":7,"moves":[{"fromHour":497220,\
        "massMilligrams":35120,"material":"pp","outcome":"committed","packagingType":"cup-300","stream":"reuse",\
        "toHour":497222,"units":1},{"fromHour":497221,"massMilligrams":0,"material":"unknown","outcome":"returned",\
        "toHour":497222,"units":2}]}
        """,
        """
        {"becomes":{"hour":497222,"massMilligrams":24000,"material":"pet","outcome":"unconfirmed",\
        "stream":"recycling"},"by":"anna","correctedSequence":3,"was":{"hour":497222,"massMilligrams":35120,\
        "material":"pp","outcome":"committed","packagingType":"cup-300","stream":"reuse"},"why":"1/2 \\"cup\\""}
        """,
        """
        {"by":"anna","correctedSequence":6,"was":{"hour":497222,"massMilligrams":0,"material":"unknown",\
        "outcome":"returned"},"why":"a hand"}
        """,
        """
        {"becomes":{"hour":497222,"massMilligrams":0,"material":"unknown","outcome":"returned"},"by":"anna",\
        "correctedSequence":6,"why":"no hand"}
        """,
    ]
    static let frozen = zip(Samples.everyKind + Samples.corrections, payloads).map {
        FrozenPayload(record: $0, payload: $1)
    }

    @Test(arguments: frozen) func `a record of each kind gives exactly the frozen payload`(row: FrozenPayload) throws {
        let encoded = try EncodedRecord(row.record)
        #expect(String(decoding: encoded.payload, as: UTF8.self) == row.payload)
        #expect(encoded.payloadVersion == 1)
    }

    @Test func `the samples hold every kind of record`() {
        let all = Samples.everyKind + Samples.corrections
        #expect(Set(all.map(\.kind)) == Set(LedgerRecordKind.allCases))
        #expect(all.count == Self.payloads.count)
    }

    @Test(arguments: Samples.everyKind + Samples.corrections)
    func `a record comes back as it was stored`(record: LedgerRecord) throws {
        let encoded = try EncodedRecord(record)
        #expect(try entry(encoded).record(readings: encoded.readings) == record)
    }

    @Test(arguments: Samples.everyKind)
    func `readings written by hand are what the canonical encoder gives`(record: LedgerRecord) throws {
        let evidences: [Evidence] =
            switch record {
            case .accepted(let accepted): [accepted.evidence, Evidence()]
            case .refused(let refused): [refused.evidence]
            case .started, .ended, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped, .clockChanged,
                .hoursCorrected, .corrected:
                []
            }
        for evidence in evidences {
            #expect(ReadingsV1(evidence).canonicalBytes == (try CanonicalJSON.encode(ReadingsV1(evidence))))
        }
    }

    @Test(arguments: Samples.everyKind)
    func `what is passed over without being read counts nothing, and nothing else is`(record: LedgerRecord) throws {
        var fold = CountFold()
        fold.add(record, at: WallTime(unixMilliseconds: 0, isTrusted: true))
        #expect(record.kind.counts == (fold.count > 0))
        #expect(try entry(EncodedRecord(record)).mayCount == record.kind.counts)
    }

    @Test(arguments: [0, 1, -1, 9, 10, -10, 65_535, Int64.max, Int64.min])
    func `numbers written by hand are decimal`(number: Int64) {
        var text = CanonicalText(capacity: 20)
        text.append(number)
        #expect(text.bytes == Array("\(number)".utf8))
    }

    @Test func `readings give exactly the frozen bytes`() throws {
        let readings = try EncodedRecord(Samples.acceptedCup).readings
        #expect(
            readings.map { String(decoding: $0, as: UTF8.self) } == """
                {"massMilligrams":{"atNanoseconds":11,"value":35120},"metal":{"atNanoseconds":14,"value":false},\
                "spectrum":{"atNanoseconds":13,"value":{"dark":[3,4],"integrationMicroseconds":5000,"raw":[1,2],\
                "wavelengthsDecinanometres":[10140,10200],"white":[60000,61000]}},\
                "tag":{"atNanoseconds":12,"value":{"number":4711}},"version":1}
                """)
        let failed = try EncodedRecord(Samples.refused).readings
        #expect(
            failed.map { String(decoding: $0, as: UTF8.self) } == """
                {"massMilligrams":{"atNanoseconds":21,"failure":"timeout"},\
                "presence":{"atNanoseconds":23,"value":true},"tag":{"atNanoseconds":22,"value":{}},"version":1}
                """)
        let none = try EncodedRecord(Samples.refusedHeavy).readings
        #expect(none.map { String(decoding: $0, as: UTF8.self) } == #"{"version":1}"#)
    }

    struct Names: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var known: [String]
        var stored: String

        init<Name: CaseIterable & RawRepresentable<String>>(_ type: Name.Type, _ stored: String) {
            testDescription = "\(type)"
            known = type.allCases.map(\.rawValue)
            self.stored = stored
        }
    }

    /// More may come; none of these may go or change.
    @Test(arguments: [
        Names(
            LedgerRecordKind.self,
            """
            started accepted ended refused modeChanged faultRaised faultCleared commanded stopped clockChanged \
            hoursCorrected corrected
            """),
        Names(Outcome.self, "committed returned reversed unconfirmed"),
        Names(Vocabulary.Stream.self, "reuse recycling"),
        Names(Material.self, "pet hdpe ldpe pp ps pvc pla fibre glass aluminium steel other unknown"),
        Names(ReadingFailure.self, "implausible refused timeout badFrame notConnected unstable"),
        Names(
            OutcomeCause.self,
            """
            interrupted emergencyStop doorOpen arrivalJam sensorJam diverterStuck dropNotSeen pulledOut beamOrder \
            stopping
            """
        ),
        Names(
            RejectReason.self,
            """
            noEvidence lowConfidence contradiction unreadable foreign noRoute binFull twoItems notStored stopping \
            aborted
            """),
        Names(ModeName.self, "starting idle executing held suspended aborted service stopping stopped"),
        Names(
            FaultCode.self,
            """
            arrivalJam sensorJam diverterStuck itemNotTaken entryBlocked dropUnconfirmed beamOrder fishing \
            emergencyStop doorOpen binFull diskFull ledgerFailed deviceLost lineFailed driveFault referenceDrift
            """),
    ])
    func `names that are stored stay known`(names: Names) {
        for name in names.stored.split(separator: " ") { #expect(names.known.contains(String(name))) }
        #expect(MassSource(rawValue: "measured") != nil && MassSource(rawValue: "catalogue") != nil)
    }

    @Test func `the hash covers exactly the frozen bytes`() throws {
        var entry = try entry(EncodedRecord(.stopped(StopRecord(drained: true))))
        entry.readingsDigest = Data([0xAB])
        let identity = LedgerIdentity(ledger: "ffeeddccbbaa99887766554433221100", station: "S-1")
        #expect(
            String(decoding: entry.hashedBytes(in: identity), as: UTF8.self) == """
                27:return-station-ledger-entry,1:1,3:S-1,32:ffeeddccbbaa99887766554433221100,1:7,\
                32:0123456789abcdef0123456789abcdef,2:42,2:-5,1:1,7:stopped,1:1,16:{"drained":true},2:ab,\
                64:0000000000000000000000000000000000000000000000000000000000000000,
                """)
        // From: printf '<the bytes above>' | sha256sum
        #expect(
            hexadecimal(entry.computedHash(in: identity))
                == "22a09b9c2f7a765e3c132b595dddac8ae585906d1d5f794cf79ebf357548fbcc")
    }

    @Test func `an entry of each new kind gives exactly the frozen hash`() throws {
        let identity = LedgerIdentity(ledger: "ffeeddccbbaa99887766554433221100", station: "S-1")
        let hashes = try Samples.corrections.prefix(3).map { record in
            try hexadecimal(entry(EncodedRecord(record)).computedHash(in: identity))
        }
        // From: the fourteen netstrings by hand, and sha256sum.
        #expect(hashes == Self.hashes)
    }

    static let hashes = [
        "502ccccf8fad32ad07911fbdeb94288131656003314e3cf5b5233a1e271b15ae",
        "318ee8eef6083eff306a563ef53dfb5c5a36a8ee1e8c87d9764842729ff97e21",
        "38137321346c1a882ee8e6367a02e4d45e20e0ce28b07806125da42d980beb4e",
    ]

    @Test func `an entry of an unknown version is refused, not guessed at`() throws {
        var entry = try entry(EncodedRecord(Samples.started))
        entry.payloadVersion = 2
        #expect(throws: LedgerError.self) { try entry.record() }
        do { _ = try entry.record() } catch { #expect(error.code == .newerFormat) }
    }

    @Test func `a record that is larger than an entry may be is refused`() {
        let long = String(repeating: "x", count: LedgerLimits.payloadBytes)
        let record = LedgerRecord.commanded(CommandRecord(command: .clear, by: long))
        #expect(throws: LedgerError.self) { try EncodedRecord(record) }
    }

    static let schema = """
        CREATE TABLE entry ( sequence INTEGER PRIMARY KEY CHECK (sequence >= 1), boot TEXT NOT NULL,
            monotonic_nanoseconds INTEGER NOT NULL, unix_milliseconds INTEGER NOT NULL, clock_trusted INTEGER
            NOT NULL CHECK (clock_trusted IN (0, 1)), kind TEXT NOT NULL, payload_version INTEGER NOT NULL,
            payload TEXT NOT NULL, readings_digest BLOB NOT NULL CHECK (length(readings_digest) IN (0, 32)),
            previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32), hash BLOB NOT NULL CHECK
            (length(hash) = 32), readings TEXT ) STRICT;
        CREATE TRIGGER entry_is_never_changed BEFORE UPDATE OF sequence, boot, monotonic_nanoseconds,
            unix_milliseconds, clock_trusted, kind, payload_version, payload, readings_digest, previous_hash,
            hash ON entry BEGIN SELECT RAISE(ABORT, 'entries of the ledger are never changed'); END;
        CREATE TRIGGER entry_is_never_removed BEFORE DELETE ON entry WHEN NOT EXISTS (SELECT 1 FROM retention
            WHERE OLD.sequence BETWEEN rewriting_first AND rewriting_last) BEGIN SELECT RAISE(ABORT, 'entries of
            the ledger are never removed'); END;
        CREATE TABLE ledger ( id INTEGER PRIMARY KEY CHECK (id = 1), ledger TEXT NOT NULL, station TEXT NOT
            NULL ) STRICT;
        CREATE TABLE projection ( id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL ) STRICT;
        CREATE TRIGGER readings_are_only_pruned BEFORE UPDATE OF readings ON entry WHEN NEW.readings IS NOT
            NULL BEGIN SELECT RAISE(ABORT, 'readings of the ledger are never changed'); END;
        CREATE TABLE retention ( id INTEGER PRIMARY KEY CHECK (id = 1), pruned_sequence INTEGER NOT NULL,
            alone_sequence INTEGER NOT NULL, unix_milliseconds INTEGER, rewriting_first INTEGER, rewriting_last
            INTEGER ) STRICT;
        CREATE TABLE returns ( sequence INTEGER PRIMARY KEY, unix_milliseconds INTEGER NOT NULL,
            time_trusted INTEGER NOT NULL, packaging_type TEXT, material TEXT NOT NULL, stream TEXT, bin TEXT,
            mass_milligrams INTEGER NOT NULL, confidence_permille INTEGER NOT NULL, ended_sequence INTEGER, outcome TEXT,
            cause TEXT, unix_hour INTEGER, is_void INTEGER NOT NULL, corrected_by INTEGER ) STRICT;
        CREATE INDEX returns_open ON returns (sequence) WHERE outcome IS NULL;
        CREATE TABLE totals ( unix_hour INTEGER NOT NULL, packaging_type TEXT NOT NULL, material TEXT NOT
            NULL, stream TEXT NOT NULL, outcome TEXT NOT NULL, units INTEGER NOT NULL, mass_milligrams
            INTEGER NOT NULL, PRIMARY KEY (unix_hour, packaging_type, material, stream, outcome) ) STRICT,
            WITHOUT ROWID;
        CREATE TABLE untimed ( boot TEXT NOT NULL, sequence INTEGER NOT NULL, monotonic_nanoseconds INTEGER
            NOT NULL, passage_sequence INTEGER NOT NULL, counts INTEGER NOT NULL, PRIMARY KEY (boot,
            sequence) ) STRICT, WITHOUT ROWID;
        CREATE TABLE uplink ( id INTEGER PRIMARY KEY CHECK (id = 1), acknowledged_sequence INTEGER NOT NULL )
            STRICT;
        """

    @Test func `the tables are made by exactly the frozen SQL`() throws {
        let bench = try Bench()
        try bench.store([])
        let database = try LedgerFile.openForReading(bench.place)
        let statements = try database.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'grdb_migrations'
                    ORDER BY name
                    """)
        }
        #expect(singleSpaced(statements.joined(separator: " ")) == singleSpaced(Self.schema))
        let numbers = try database.read { db in
            try ["application_id", "user_version"].map { try Int64.fetchOne(db, sql: "PRAGMA \($0)") }
        }
        #expect(numbers == [0x5254_534C, 2])
        #expect(
            try database.read { try String.fetchAll($0, sql: "SELECT identifier FROM grdb_migrations") } == [
                "entries 1", "2-clock-and-corrections", "3-retention",
            ])
    }

    private func singleSpaced(_ text: some StringProtocol) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private func entry(_ encoded: EncodedRecord) throws -> LedgerEntry {
        LedgerEntry(
            sequence: 7, bootID: Bench.boot, monotonicNanoseconds: 42, unixMilliseconds: -5, clockTrusted: 1,
            kind: encoded.kind.rawValue, payloadVersion: encoded.payloadVersion, payload: encoded.payload,
            readingsDigest: encoded.readingsDigest, previousHash: LedgerHead.none.hash, hash: Data())
    }
}
