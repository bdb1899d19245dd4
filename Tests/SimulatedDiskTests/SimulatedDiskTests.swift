import GRDB
import SimulatedDisk
import Testing

/// SQLite itself works on the simulated disk: what it promises is kept, and what it does not promise is broken.
struct SimulatedDiskTests {
    /// A connection as durable as `synchronous` says.
    func open(_ disk: SimulatedDisk, synchronous: String = "FULL") throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.journalMode = .wal
        let queue = try DatabaseQueue(path: disk.folder + "/test.sqlite", configuration: configuration)
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = \(synchronous)") }
        return queue
    }

    func insert(_ number: Int, _ queue: DatabaseQueue) throws {
        try queue.write { db in
            try db.execute(sql: "CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, text TEXT)")
            try db.execute(
                sql: "INSERT INTO t VALUES (?, ?)", arguments: [number, String(repeating: "x", count: 900)])
        }
    }

    func count(_ disk: SimulatedDisk) throws -> Int {
        try open(disk).read { db in
            #expect(try String.fetchOne(db, sql: "PRAGMA integrity_check") == "ok")
            return try db.tableExists("t") ? Int.fetchOne(db, sql: "SELECT count(*) FROM t") ?? 0 : 0
        }
    }

    @Test(arguments: SimulatedDisk.Loss.allCases)
    func `what SQLite committed with FULL outlives every kind of power cut`(loss: SimulatedDisk.Loss) throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            let disk = SimulatedDisk()
            let queue = try open(disk)
            disk.goOff(after: Int64(seed) * 7)
            var committed = 0
            while (try? insert(committed + 1, queue)) != nil { committed += 1 }
            #expect(disk.isOff)
            disk.cut(loss, seed: seed)
            let found = try count(disk)
            #expect((committed...committed + 1).contains(found), "seed \(seed)")
        }
    }

    @Test func `without FULL a power cut takes committed rows`() throws {
        let disk = SimulatedDisk()
        let queue = try open(disk, synchronous: "NORMAL")
        for number in 1...5 { try insert(number, queue) }
        #expect(disk.unsyncedWrites(to: disk.folder + "/test.sqlite-wal") > 0)
        disk.cut(.losesAll, seed: 1)
        #expect(try count(disk) < 5)
    }

    @Test func `a process that dies loses nothing that was written`() throws {
        let disk = SimulatedDisk()
        let queue = try open(disk, synchronous: "NORMAL")
        for number in 1...5 { try insert(number, queue) }
        disk.kill()
        #expect(try count(disk) == 5)
        withExtendedLifetime(queue) {}
    }

    @Test func `a connection from before the cut is dead`() throws {
        let disk = SimulatedDisk()
        let queue = try open(disk)
        try insert(1, queue)
        disk.cut(.keepsAll, seed: 1)
        #expect(throws: DatabaseError.self) { try insert(2, queue) }
        #expect(try count(disk) == 1)
    }

    @Test func `a full disk refuses what would make a file longer`() throws {
        let disk = SimulatedDisk()
        let queue = try open(disk)
        try insert(1, queue)
        disk.capacityBytes = 0
        let error = try #require(throws: DatabaseError.self) { for number in 2...9 { try insert(number, queue) } }
        #expect(error.resultCode == .SQLITE_FULL)
        disk.capacityBytes = 1 << 40
        try insert(10, queue)
        #expect(try count(disk) >= 2)
    }

    @Test func `a sync that fails is an error, and the next commit holds`() throws {
        let disk = SimulatedDisk()
        let queue = try open(disk)
        try insert(1, queue)
        disk.fail(.sync, times: 1)
        #expect(throws: DatabaseError.self) { try insert(2, queue) }
        try insert(3, queue)
        disk.cut(.losesAll, seed: 1)
        #expect(try count(disk) == 2)
    }

    @Test func `a name that was not synced may be gone`() throws {
        let disk = SimulatedDisk()
        let queue = try open(disk)
        try insert(1, queue)
        try disk.rename(disk.folder + "/test.sqlite-wal", to: disk.folder + "/other")
        disk.cut(.losesAll, seed: 1)
        #expect(disk.size(of: disk.folder + "/other") == nil)
        #expect(disk.size(of: disk.folder + "/test.sqlite-wal") != nil)
        withExtendedLifetime(queue) {}
    }

    @Test func `a replay of everything is the same disk`() throws {
        let disk = SimulatedDisk()
        disk.record()
        for number in 1...3 { try insert(number, open(disk)) }
        let copy = disk.replay(disk.recordedOperations)
        disk.cut(.tearsBytes, seed: 7)
        copy.cut(.tearsBytes, seed: 7)
        #expect(disk.digest == copy.digest)
        #expect(try count(copy) == 3)
    }

    @Test func `everything that is no simulated disk goes to the file system as before`() throws {
        _ = SimulatedDisk()
        #expect(throws: DatabaseError.self) { try DatabaseQueue(path: "/nowhere/at/all.sqlite") }
        try DatabaseQueue().write { try $0.execute(sql: "CREATE TABLE t (n)") }
    }
}
