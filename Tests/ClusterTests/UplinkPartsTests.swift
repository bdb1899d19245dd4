import Foundation
import TestSupport
import Testing

@testable import Uplink

@Suite struct BackoffTests {
    @Test func `doubles up to its cap, each wait between half and all of the step`() {
        var generator = SeededGenerator(state: 1)
        var backoff = Backoff(first: .seconds(1), cap: .seconds(300))
        for step in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300] {
            let wait = backoff.next(using: &generator)
            #expect((Duration.milliseconds(step * 500)...Duration.seconds(step)).contains(wait))
        }
        backoff.reset()
        #expect(backoff.next(using: &generator) <= .seconds(1))
    }

    @Test func `two stations do not wait alike`() {
        var first = SeededGenerator(state: 1)
        var second = SeededGenerator(state: 2)
        var backoff = Backoff(first: .seconds(1), cap: .seconds(300))
        var other = backoff
        #expect(backoff.next(using: &first) != other.next(using: &second))
    }
}

@Suite struct ClusterURLTests {
    @Test(arguments: [
        ("https://cluster.example:8420", "https://cluster.example:8420"),
        ("http://127.0.0.1:8420/", "http://127.0.0.1:8420"), ("https://h/collect/", "https://h/collect"),
    ])
    func `takes addresses`(text: String, expected: String) throws {
        #expect(try ClusterURL(text).text == expected)
    }

    @Test(arguments: [
        "", "cluster.example", "ftp://x", "https://", "https:///x", "http://:80", "http://a b", "http://a?b",
    ])
    func `refuses what is none`(text: String) {
        #expect(throws: UplinkSettingsError.self) { try ClusterURL(text) }
    }

    @Test func `an authority makes no sense without TLS`() throws {
        let key = try fixedKey()
        #expect(throws: UplinkSettingsError.self) {
            try UplinkService(
                station: cupStation, source: FakeLedger(), clusterURL: "http://127.0.0.1:1",
                files: UplinkTLSFiles(authority: "ca.pem"), keys: StationKeyring(fixed: key), period: .seconds(1),
                now: { .zero }, logger: silentLogger)
        }
    }
}

@Suite struct StationKeyTests {
    @Test func `a new key is private and the same the next time`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/station.key"
            let key = try StationKey.loadOrCreate(path: path)
            #expect(try StationKey.loadOrCreate(path: path).publicKey == key.publicKey)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(attributes[.size] as? Int == 32)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["station.key"])
            #expect(try StationKey.loadOrCreate(path: folder + "/other.key").publicKey != key.publicKey)
        }
    }

    @Test func `what a power cut left half written is not taken for a key`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/station.key"
            try Data([1, 2, 3]).write(to: URL(filePath: path + ".new"))
            _ = try StationKey.loadOrCreate(path: path)
            #expect(try Data(contentsOf: URL(filePath: path)).count == 32)
        }
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o622])
    func `a key that others may use is refused`(mode: Int) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/station.key"
            _ = try StationKey.loadOrCreate(path: path)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            let error = #expect(throws: StationKeyError.self) { try StationKey.loadOrCreate(path: path) }
            #expect(error?.message.contains("mode \(String(mode, radix: 8))") == true)
            #expect(error?.message.contains("chmod 600") == true)
        }
    }

    @Test(arguments: [0, 31, 33, 4096])
    func `a file of another length is no key and is left alone`(length: Int) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/station.key"
            let bytes = Data(repeating: 7, count: length)
            #expect(
                FileManager.default.createFile(atPath: path, contents: bytes, attributes: [.posixPermissions: 0o600]))
            #expect(throws: StationKeyError.self) { try StationKey.loadOrCreate(path: path) }
            let kept = try Data(contentsOf: URL(filePath: path))
            #expect(kept == bytes)
        }
    }

    @Test func `a folder that is not there is named`() {
        let error = #expect(throws: StationKeyError.self) { try StationKey.loadOrCreate(path: "/nowhere/station.key") }
        #expect(
            error?.message
                == "The station's key file /nowhere/station.key.new could not be created: No such file or directory.")
    }
}
