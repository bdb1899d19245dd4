import ClusterAPI
import Foundation
import GRDB
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing
import Vocabulary

@testable import ClusterServer
@testable import ClusterStore
@testable import Uplink

/// One request that is refused, over a store where entries 1 to 6 of rs-1 count, rs-2 waits and rs-3 is refused.
struct RefusedRequest: CustomTestStringConvertible {
    var testDescription: String
    var path = "/v1/stations/rs-1/reports"
    var status: Int
    var signed: @Sendable () throws -> Signed

    static func report(
        _ name: String, status: Int, key: UInt8 = 1, station: StationID = cupStation,
        _ report: @escaping @Sendable () -> CountReport
    ) -> RefusedRequest {
        RefusedRequest(testDescription: name, path: "/v1/stations/\(station)/reports", status: status) {
            try Signed(report(), fixedKey(key))
        }
    }

    static func bytes(_ name: String, _ path: String, status: Int, _ bytes: String) -> RefusedRequest {
        RefusedRequest(testDescription: name, path: path, status: status) {
            var signed = try Signed("", fixedKey())
            signed.body = Data(bytes.utf8)
            signed.signature = try fixedKey().signatureHeader(for: signed.body)
            return signed
        }
    }

    static let all = [
        report("a gap", status: 409) { ClusterTests.report(9, 10) },
        report("an overlap", status: 409) { ClusterTests.report(6, 10) },
        report("a repeat", status: 200) { ClusterTests.report(1, 3) },
        report("a part of what is held", status: 200) { ClusterTests.report(2, 5) },
        report("more taken back than there is", status: 400) { ClusterTests.report(7, 8, totals: [cups(-7)]) },
        report("another version", status: 400) {
            var report = ClusterTests.report(7, 8)
            report.version = 2
            return report
        },
        report("another station's report", status: 400) { ClusterTests.report(7, 8, station: "rs-2") },
        report("another key", status: 401, key: 9) { ClusterTests.report(7, 8) },
        report("a key that waits", status: 403, key: 9, station: "rs-2") { ClusterTests.report(1, 2, station: "rs-2") },
        report("a refused key", status: 403, key: 17, station: "rs-3") { ClusterTests.report(1, 2, station: "rs-3") },
        report("an unknown station", status: 403, station: "rs-4") { ClusterTests.report(1, 2, station: "rs-4") },
        bytes("no JSON", "/v1/stations/rs-1/reports", status: 400, "{"),
        bytes(
            "too large", "/v1/stations/rs-1/reports", status: 413,
            String(repeating: " ", count: ClusterProtocol.reportBodyLimit + 1)),
        bytes("no station", "/v1/stations/a%20b/reports", status: 400, "{}"),
        bytes("an enrolment of nothing", "/v1/enrolments", status: 400, "{}"),
        bytes(
            "an enrolment with a short key", "/v1/enrolments", status: 400, #"{"publicKey":"AAAA","station":"rs-5"}"#),
        bytes("an enrolment too large", "/v1/enrolments", status: 413, String(repeating: " ", count: 5000)),
        RefusedRequest(
            testDescription: "an enrolment in an approved station's name", path: "/v1/enrolments", status: 202
        ) {
            try Signed(EnrolmentRequest(station: cupStation, publicKey: fixedKey(9).publicKey), fixedKey(9))
        },
        RefusedRequest(testDescription: "an enrolment again", path: "/v1/enrolments", status: 202) {
            try Signed(EnrolmentRequest(station: "rs-2", publicKey: fixedKey(9).publicKey), fixedKey(9))
        },
        bytes("an exchange of nothing", "/v1/stations/rs-1/key", status: 400, "{}"),
        bytes("an exchange too large", "/v1/stations/rs-1/key", status: 413, String(repeating: " ", count: 5000)),
        RefusedRequest(testDescription: "an exchange by a stranger", path: "/v1/stations/rs-1/key", status: 401) {
            try Signed(
                fixedKey(9).exchangeRequest(station: cupStation, replacing: fixedKey().publicKey), fixedKey(9))
        },
        RefusedRequest(testDescription: "an exchange of another station", path: "/v1/stations/rs-1/key", status: 400) {
            try Signed(fixedKey(9).exchangeRequest(station: "rs-2", replacing: fixedKey().publicKey), fixedKey())
        },
        RefusedRequest(testDescription: "an exchange before approval", path: "/v1/stations/rs-2/key", status: 403) {
            try Signed(
                fixedKey(17).exchangeRequest(station: "rs-2", replacing: fixedKey(9).publicKey), fixedKey(9))
        },
    ]
}

@Suite struct RefusalTests {
    /// `commits` counts every transaction that changed the file, seen from another connection to it.
    private func withCluster(
        _ body:
            @escaping @Sendable (any TestClientProtocol, ClusterStore, _ commits: () throws -> Int) async throws
            -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let store = try ClusterStore(directory: folder)
            try await store.enrolAndApprove(key: fixedKey())
            _ = try await store.accept(report(1, 3))
            _ = try await store.accept(report(4, 6))
            _ = try await store.enrol(EnrolmentRequest(station: "rs-2", publicKey: fixedKey(9).publicKey))
            try await store.enrolAndApprove("rs-3", key: fixedKey(17))
            try await store.refuse("rs-3")
            let watcher = try DatabaseQueue(path: folder + "/" + ClusterStore.fileName)
            let router = ClusterRoutes.router(
                backend: store, logger: silentLogger, now: { .zero }, unixSeconds: { noon })
            try await Application(router: router, logger: silentLogger).test(.router) { client in
                try await body(client, store) {
                    try watcher.read { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
                }
            }
        }
    }

    private func post(_ signed: Signed, to path: String, _ client: any TestClientProtocol) async throws -> Int {
        try await client.execute(
            uri: path, method: .post, headers: [.init(ClusterProtocol.signatureHeader)!: signed.signature],
            body: ByteBuffer(bytes: signed.body)
        ).status.code
    }

    @Test(arguments: RefusedRequest.all)
    func `nothing is written for what does not count`(refusal: RefusedRequest) async throws {
        try await withCluster { client, store, commits in
            let (rows, before) = (try await store.dump(), try commits())
            #expect(try await post(refusal.signed(), to: refusal.path, client) == refusal.status)
            #expect(try commits() == before, "a transaction changed the store's file")
            #expect(try await store.dump() == rows)
        }
    }

    @Test func `what counts is seen as written`() async throws {
        try await withCluster { client, _, commits in
            let before = try commits()
            #expect(try await post(Signed(report(7, 8), fixedKey()), to: "/v1/stations/rs-1/reports", client) == 200)
            #expect(try commits() != before)
        }
    }

    @Test func `of a fork nothing is written but that it was refused, once`() async throws {
        try await withCluster { client, store, commits in
            let rows = try await store.dump()
            let fork = try Signed(report(7, 8, branch: "other"), fixedKey())
            #expect(try await post(fork, to: "/v1/stations/rs-1/reports", client) == 409)
            let after = try await store.dump()
            #expect(after.filter { !rows.contains($0) }.allSatisfy { $0.hasPrefix("forks ") })
            #expect(after.count == rows.count + 1)
            let commitsThen = try commits()
            #expect(try await post(fork, to: "/v1/stations/rs-1/reports", client) == 409)
            #expect(try await store.dump() == after)
            #expect(try commits() == commitsThen)
        }
    }
}
