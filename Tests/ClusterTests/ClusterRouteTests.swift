import ClusterAPI
import Foundation
import Hummingbird
import HummingbirdTesting
import SparingLog
import TestSupport
import Testing
import Vocabulary

@testable import ClusterServer
@testable import ClusterStore
@testable import Uplink

struct RouteRow: CustomTestStringConvertible {
    var call: String
    var status: Int
    var body: String
    var testDescription: String { call }

    static let all = [
        RouteRow(call: "/healthz", status: 200, body: "ok\n"),
        RouteRow(
            call: "/v1/totals?station=a%20b", status: 400, body: "station is \"a b\", which is no permitted name.\n"),
        RouteRow(
            call: "/v1/totals?from=now", status: 400,
            body: "from is \"now\", expected whole hours since 1970-01-01T00:00Z.\n"),
        RouteRow(
            call: "/v1/totals?station=rs-1", status: 200,
            body: #"[{"key":{"material":"pp","outcome":"committed","packagingType":"cup-300","stream":"reuse","#
                + #""unixHour":490000},"massMilligrams":105000,"units":3}]"#),
        RouteRow(call: "/v1/totals?station=rs-2", status: 200, body: "[]"),
        RouteRow(call: "/v1/totals?from=490001", status: 200, body: "[]"),
        RouteRow(call: "/v1/totals?to=489999", status: 200, body: "[]"),
        RouteRow(
            call: "/v1/objectives/plastic-material-reuse?year=2025", status: 200,
            body: #"{"definitionVersion":1,"recyclingMilligrams":0,"reuseMilligrams":105000,"#
                + #""targetPartsPerMillion":380000,"year":2025}"#),
        RouteRow(
            call: "/v1/objectives/plastic-material-reuse", status: 400,
            body: "year is needed, as a number from 1970 to 9999.\n"),
        RouteRow(
            call: "/v1/stations", status: 200,
            body: #"[{"fingerprint":"65b6 0673 d6ed 884b f01c 2c22 2d82 ada0 740f 29ac 3355 d6a9 25c8 1f17 f47a 27b8","#
                + #""head":"\#(head(3))","isForked":false,"#
                + #""ledger":"0123456789abcdef0123456789abcdef","state":"approved","station":"rs-1","watermark":3}]"#),
        RouteRow(call: "/v1/forks", status: 200, body: "[]"),
        RouteRow(call: "/v1/forks?station=rs-1", status: 200, body: "[]"),
        RouteRow(
            call: "/v1/forks?station=a%20b", status: 400, body: "station is \"a b\", which is no permitted name.\n"),
        RouteRow(call: "/v2", status: 404, body: ""),
    ]
}

@Suite struct ClusterRouteTests {
    /// The server's routes over a store that holds three cups of an approved station.
    func withRoutes(_ body: @escaping @Sendable (any TestClientProtocol, ClusterStore) async throws -> Void)
        async throws
    {
        try await withStore { store in
            try await store.enrolAndApprove(key: fixedKey())
            _ = try await store.accept(report(1, 3))
            let application = Application(
                router: ClusterRoutes.router(
                    backend: store, logger: silentLogger, now: { .zero }, unixSeconds: { noon }), logger: silentLogger)
            try await application.test(.router) { try await body($0, store) }
        }
    }

    func post(
        _ body: Data, to path: String = "/v1/stations/rs-1/reports", signature: String? = nil,
        _ client: any TestClientProtocol
    ) async throws -> (status: Int, answer: ReportAnswer?) {
        var headers = HTTPFields()
        headers[.init(ClusterProtocol.signatureHeader)!] = try signature ?? fixedKey().signatureHeader(for: body)
        let response = try await client.execute(
            uri: path, method: .post, headers: headers, body: ByteBuffer(bytes: body))
        let answer = try? CanonicalJSON.decode(ReportAnswer.self, from: Data(response.body.readableBytesView))
        return (response.status.code, answer)
    }

    @Test(arguments: RouteRow.all)
    func `answers questions`(row: RouteRow) async throws {
        try await withRoutes { client, _ in
            let response = try await client.execute(uri: row.call, method: .get)
            #expect(response.status.code == row.status)
            #expect(String(buffer: response.body) == row.body)
        }
    }

    @Test func `each answer to a report has its status`() async throws {
        try await withRoutes { client, store in
            func send(_ report: CountReport) async throws -> (status: Int, answer: ReportAnswer?) {
                try await post(CanonicalJSON.encode(report), client)
            }
            let held = try await send(report(4, 5))
            #expect(held.status == 200)
            #expect(held.answer == ReportAnswer(status: .held, watermark: 5, message: "Entries 4 to 5 count."))
            let gap = try await send(report(8, 9))
            #expect(gap.status == 409)
            #expect(gap.answer?.status == .gap)
            #expect(gap.answer?.watermark == 5)
            let fork = try await send(report(6, 7, branch: "other"))
            #expect(fork.status == 409)
            #expect(fork.answer?.status == .fork)
            let malformed = try await send(report(6, 7, totals: [cups(-6)]))
            #expect(malformed.status == 400)
            #expect(malformed.answer?.status == .malformed)
            try await store.refuse(cupStation)
            let refused = try await send(report(6, 7))
            #expect(refused.status == 403)
            #expect(refused.answer?.status == .notEnrolled)
            #expect(try await store.allTotals() == [cups(5)])
        }
    }

    @Test func `a fork is shown with both branches`() async throws {
        try await withRoutes { client, store in
            let signed = try Signed(report(4, 5, branch: "other"), fixedKey())
            #expect(try await post(signed.body, signature: signed.signature, client).status == 409)
            func text(_ call: String) async throws -> String {
                String(buffer: try await client.execute(uri: call, method: .get).body)
            }
            #expect(
                try await text("/v1/forks")
                    == #"[{"firstRefusedUnixSeconds":1767355200,"ledger":"\#(ledgerA)","#
                    + #""point":{"differsAt":3,"sharedUpTo":0},"refusedReports":1,"station":"rs-1","watermark":3}]"#)
            #expect(
                try await text("/v1/forks?station=rs-1")
                    == #"[{"head":"\#(head(3))","held":[{"first":1,"head":"\#(head(3))","last":3,"#
                    + #""previousHead":"\#(head(0))","receivedUnixSeconds":1767355200,"units":3}],"#
                    + #""ledger":"\#(ledgerA)","point":{"differsAt":3,"sharedUpTo":0},"refused":[{"first":4,"#
                    + #""head":"\#(head(5, branch: "other"))","last":5,"previousHead":"\#(head(3, branch: "other"))","#
                    + #""reason":"previousHeadDiffers","receivedUnixSeconds":1767355200,"#
                    + #""signedBy":"\#(try fixedKey().fingerprint)","totals":[{"massMilligrams":70000,"#
                    + #""outcome":"committed","units":2}]}],"station":"rs-1","watermark":3}]"#)
            #expect(try await text("/v1/stations").contains(#""isForked":true"#))
        }
    }

    @Test func `an exchanged key is shown, and the former one's reports are refused`() async throws {
        try await withRoutes { client, store in
            let (old, new) = (try fixedKey(), try fixedKey(9))
            let exchange = try Signed(new.exchangeRequest(station: cupStation, replacing: old.publicKey), old)
            for message in ["is held", "was held before"] {
                let response = try await client.execute(
                    uri: "/v1/stations/rs-1/key", method: .post,
                    headers: [.init(ClusterProtocol.signatureHeader)!: exchange.signature],
                    body: ByteBuffer(bytes: exchange.body))
                #expect(response.status == .ok)
                #expect(
                    String(buffer: response.body)
                        == #"{"fingerprint":"\#(new.fingerprint)","message":"The new key of station rs-1 "#
                        + #"\#(message).","status":"exchanged"}"#)
            }
            let body = try CanonicalJSON.encode(report(4, 5))
            #expect(try await post(body, signature: old.signatureHeader(for: body), client).status == 401)
            #expect(try await post(body, signature: new.signatureHeader(for: body), client).status == 200)
            let stations = try await client.execute(uri: "/v1/stations", method: .get)
            #expect(
                String(buffer: stations.body).contains(
                    #""formerFingerprint":"\#(old.fingerprint)""#))
            #expect(String(buffer: stations.body).contains(#""keyExchangedUnixSeconds":1767355200"#))
        }
    }

    @Test func `a signature covers every byte and only the approved key's counts`() async throws {
        try await withRoutes { client, store in
            let before = try await store.dump()
            let body = try CanonicalJSON.encode(report(4, 5))
            let signature = try fixedKey().signatureHeader(for: body)
            for (bytes, header) in [
                (body + Data(" ".utf8), signature), (body, try fixedKey(9).signatureHeader(for: body)), (body, ""),
                (body, "ed25519=AAAA"), (body, String(signature.dropFirst("ed25519=".count))),
            ] {
                let refused = try await post(bytes, signature: header, client)
                #expect(refused.status == 401)
                #expect(refused.answer?.status == .badSignature)
            }
            #expect(try await store.dump() == before)
            #expect(try await post(body, signature: signature, client).status == 200)
        }
    }

    @Test func `a report counts for the station that signed it only`() async throws {
        try await withRoutes { client, store in
            let key = try fixedKey(9)
            try await store.enrolAndApprove("rs-2", key: key)
            let before = try await store.dump()
            let body = try CanonicalJSON.encode(report(4, 5))
            let foreign = try await post(
                body, to: "/v1/stations/rs-2/reports", signature: key.signatureHeader(for: body), client)
            #expect(foreign.status == 400)
            #expect(try await store.dump() == before)
        }
    }

    @Test func `bodies that are no report are refused`() async throws {
        try await withRoutes { client, store in
            let before = try await store.dump()
            for text in ["", "{", "[]", "null", #"{"version":1}"#] {
                let refused = try await post(Data(text.utf8), client)
                #expect(refused.status == 400)
                #expect(refused.answer?.status == .malformed)
            }
            let large = try await post(Data(repeating: 0x20, count: ClusterProtocol.reportBodyLimit + 1), client)
            #expect(large.status == 413)
            #expect(large.answer?.status == .malformed)
            #expect(try await post(Data(), to: "/v1/stations/a%20b/reports", client).status == 400)
            #expect(try await post(Data(), to: "/v1/stations/rs-9/reports", client).status == 403)
            #expect(try await store.dump() == before)
        }
    }

    @Test func `a station introduces itself and waits`() async throws {
        try await withRoutes { client, store in
            let request = try CanonicalJSON.encode(
                EnrolmentRequest(station: "rs-2", publicKey: fixedKey(9).publicKey))
            let fingerprint = try fixedKey(9).fingerprint
            for _ in 0..<2 {
                let response = try await client.execute(
                    uri: "/v1/enrolments", method: .post, body: ByteBuffer(bytes: request))
                #expect(response.status == .accepted)
                #expect(
                    String(buffer: response.body)
                        == #"{"fingerprint":"\#(fingerprint)","state":"pending"}"#)
            }
            #expect(try await store.stations().count == 2)
            for bad in [Data("{}".utf8), Data(#"{"publicKey":"AAAA","station":"rs-3"}"#.utf8)] {
                let response = try await client.execute(
                    uri: "/v1/enrolments", method: .post, body: ByteBuffer(bytes: bad))
                #expect(response.status == .badRequest)
            }
            let large = try await client.execute(
                uri: "/v1/enrolments", method: .post,
                body: ByteBuffer(bytes: Data(repeating: 0x20, count: ClusterProtocol.enrolmentBodyLimit + 1)))
            #expect(large.status == .contentTooLarge)
            #expect(try await store.stations().count == 2)
        }
    }

    @Test func `a failing store is a reason to come back later`() async throws {
        try await withRoutes { client, store in
            try store.database.close()
            let response = try await client.execute(uri: "/healthz", method: .get)
            #expect(response.status == .serviceUnavailable)
            #expect(response.headers[.retryAfter] == "30")
            #expect(try await post(CanonicalJSON.encode(report(4, 5)), client).status == 503)
        }
    }

    @Test func `a store that comes and goes fills no log`() async throws {
        struct Broken: Error {}
        let recorder = LogRecorder()
        let router = Router()
        router.add(
            middleware: StoreFailureMiddleware(log: SharedSparingLogger(recorder.logger, now: { .zero })))
        router.get("/works") { _, _ in "" }
        router.get("/fails") { _, _ -> String in throw Broken() }
        try await Application(router: router, logger: silentLogger).test(.router) { client in
            for _ in 0..<20 {
                let failure = try await client.execute(uri: "/fails", method: .get)
                #expect(failure.status == .serviceUnavailable)
                let success = try await client.execute(uri: "/works", method: .get)
                #expect(success.status == .ok)
            }
        }
        let lines = recorder.lines.filter { $0.contains("The store") }
        #expect(lines.count == 10)
        #expect(lines.first?.hasPrefix("error: The store failed: ") == true)
        #expect(lines.last?.contains("Further lines about the store are left out") == true)
    }
}
