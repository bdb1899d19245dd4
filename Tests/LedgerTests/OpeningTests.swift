import ClusterAPI
import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite(.timeLimit(.minutes(hangLimitMinutes))) struct OpeningTests {
    @Test func `the writer's own connection says WAL and FULL (kura 2169)`() throws {
        let writer = try Bench().writer()
        defer { writer.stop() }
        let pragmas = try writer.database.writeWithoutTransaction { db in
            (try Int.fetchOne(db, sql: "PRAGMA synchronous"), try String.fetchOne(db, sql: "PRAGMA journal_mode"))
        }
        #expect(pragmas.0 == 2)
        #expect(pragmas.1 == "wal")
    }

    @Test func `a connection as GRDB leaves it is not durable enough and is refused`() throws {
        let bench = try Bench()
        var configuration = Configuration()
        configuration.journalMode = .wal
        let database = try DatabaseQueue(path: bench.directory + "/other.sqlite", configuration: configuration)
        let error = try #require(throws: LedgerError.self) {
            try database.writeWithoutTransaction(LedgerFile.proveDurability)
        }
        #expect(error.code == .notDurable)
        try database.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try LedgerFile.proveDurability(db)
        }
    }

    @Test func `a ledger keeps its id over restarts, and two ledgers have two`() throws {
        let bench = try Bench()
        let first = try bench.writer()
        first.stop()
        let again = try bench.writer()
        again.stop()
        let other = try Bench().writer()
        other.stop()
        #expect(first.identity == again.identity)
        #expect(first.identity.ledger != other.identity.ledger)
        #expect(isHexadecimal(first.identity.ledger, digits: 32))
    }

    @Test func `a ledger that was never finished is made anew`() throws {
        let bench = try Bench()
        try Data("half".utf8).write(to: URL(fileURLWithPath: bench.place.unfinished))
        try bench.store([Samples.started])
        #expect(try bench.verify().entries == 1)
        #expect(FileSystem.size(of: bench.place.unfinished) == nil)
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var code: LedgerError.Code
        var words: String
        var inflict: @Sendable (Bench) throws -> Void
    }

    static let damages: [Damage] = [
        Damage(testDescription: "a file that is no database", code: .damaged, words: "not a database") { bench in
            try Data(repeating: 0x41, count: 9000).write(to: URL(fileURLWithPath: bench.place.database))
        },
        Damage(testDescription: "an empty file", code: .damaged, words: "not a ledger") { bench in
            try Data().write(to: URL(fileURLWithPath: bench.place.database))
        },
        Damage(testDescription: "another program's database", code: .damaged, words: "not a ledger") { bench in
            try bench.tamper("PRAGMA application_id = 1")
        },
        Damage(testDescription: "an overwritten page", code: .damaged, words: "ledger verify") { bench in
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: bench.place.database))
            let size = try file.seekToEnd()
            for page in stride(from: UInt64(4096), to: size, by: 4096) {
                try file.seek(toOffset: page)
                try file.write(contentsOf: Data(repeating: 0x5A, count: 64))
            }
            try file.close()
        },
        Damage(testDescription: "a changed entry near the end", code: .damaged, words: "Entry 12 was changed") {
            bench in
            try bench.tamper("UPDATE entry SET unix_milliseconds = unix_milliseconds + 1 WHERE sequence = 12")
        },
        Damage(testDescription: "a removed entry near the end", code: .damaged, words: "Entry 12 follows") { bench in
            try bench.tamper("DELETE FROM entry WHERE sequence = 11")
        },
        Damage(testDescription: "entries cut off at the end", code: .damaged, words: "acknowledged entry 13") { bench in
            try bench.tamper("UPDATE uplink SET acknowledged_sequence = 13; DELETE FROM entry WHERE sequence = 13")
        },
        Damage(testDescription: "a newer format", code: .newerFormat, words: "format version 3") { bench in
            try bench.tamper("PRAGMA user_version = 3")
        },
        Damage(testDescription: "a newer migration", code: .newerFormat, words: "install the version") { bench in
            try bench.tamper("INSERT INTO grdb_migrations VALUES ('entries 2')")
        },
        Damage(testDescription: "another station's ledger", code: .otherStation, words: "belongs to station S-2") {
            bench in
            try bench.tamper("UPDATE ledger SET station = 'S-2'")
        },
    ]

    @Test(arguments: damages) func `what must not be written to is refused and left as it is`(damage: Damage) throws {
        let bench = try Bench()
        try bench.store(Samples.everyKind)
        try damage.inflict(bench)
        let before = try Data(contentsOf: URL(fileURLWithPath: bench.place.database))
        let error = try #require(throws: LedgerError.self) { try bench.writer() }
        #expect(error.code == damage.code)
        #expect(error.message.contains(damage.words), "\(error.message)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: bench.place.database)) == before)
    }

    @Test func `a log without its ledger is not taken for a new station`() throws {
        let bench = try Bench()
        try Data(repeating: 1, count: 100).write(to: URL(fileURLWithPath: bench.place.writeAheadLog))
        let error = try #require(throws: LedgerError.self) { try bench.writer() }
        #expect(error.code == .damaged)
        #expect(FileSystem.size(of: bench.place.database) == nil)
        #expect(FileSystem.size(of: bench.place.writeAheadLog) == 100)
    }

    @Test func `a second writer is refused until the first has ended`() throws {
        let bench = try Bench()
        let first = try bench.writer()
        let error = try #require(throws: LedgerError.self) { try bench.writer() }
        #expect(error.code == .locked)
        first.stop()
        try bench.writer().stop()
    }

    @Test func `a refused writer closes no file of others`() throws {
        let folder = try TemporaryFolder()
        let lock = try WriterLock(path: folder.path + "/lock")
        let isOver = Atomic(false)
        let closed = Mutex((own: 0, lost: 0))
        let group = DispatchGroup()
        DispatchQueue.global().async(group: group) {
            while !isOver.load(ordering: .relaxed) {
                let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
                let result = close(file)
                closed.withLock { $0 = result == 0 ? ($0.own + 1, $0.lost) : ($0.own, $0.lost + 1) }
            }
        }
        for _ in 0..<20_000 {
            #expect(throws: LedgerError.self) { try WriterLock(path: folder.path + "/lock") }
        }
        isOver.store(true, ordering: .relaxed)
        group.wait()
        #expect(closed.withLock { $0.own > 0 && $0.lost == 0 })
        withExtendedLifetime(lock) {}
    }

    @Test func `another process's lock holds, and ends with the process when it is killed`() throws {
        let bench = try Bench()
        let other = try LineProcess(
            "/usr/bin/flock", ["--no-fork", bench.place.lock, "sh", "-c", "echo locked; exec sleep 600"])
        #expect(try other.line() == "locked")
        let error = try #require(throws: LedgerError.self) { try bench.writer() }
        #expect(error.code == .locked)
        other.kill()
        #expect(other.finish().code == -SIGKILL)
        try bench.writer().stop()
    }
}

extension Bench {
    /// Changes the file behind the ledger's back, its triggers out of the way.
    func tamper(_ sql: String) throws {
        let database = try DatabaseQueue(path: place.database)
        try database.writeWithoutTransaction { db in
            for trigger in ["entry_is_never_changed", "readings_are_only_pruned", "entry_is_never_removed"] {
                try db.execute(sql: "DROP TRIGGER IF EXISTS \(trigger)")
            }
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON; \(sql)")
            _ = try db.checkpoint(.truncate)
        }
        try database.close()
    }

    func count(_ sql: String) throws -> Int? {
        try LedgerFile.openForReading(place).read { db in try Int.fetchOne(db, sql: sql) }
    }
}
