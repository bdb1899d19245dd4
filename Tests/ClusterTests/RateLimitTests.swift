import ClusterAPI
import Foundation
import Hummingbird
import HummingbirdTesting
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import ClusterServer
@testable import ClusterStore
@testable import Uplink

@Suite struct TokenBucketTests {
    private let rate = RequestRate(perSecond: 2, atOnce: 3)

    @Test func `gives so many at once, then so many a second, and says how long to wait`() {
        var bucket = TokenBucket()
        var now = Instant.zero
        for _ in 0..<3 { #expect(bucket.take(rate, at: now) == nil) }
        #expect(bucket.take(rate, at: now) == .milliseconds(500))
        now = now + .milliseconds(499)
        #expect(bucket.take(rate, at: now) == .milliseconds(1))
        now = now + .milliseconds(1)
        #expect(bucket.take(rate, at: now) == nil)
        #expect(bucket.take(rate, at: now) == .milliseconds(500))
        now = now + .seconds(3600)
        for _ in 0..<3 { #expect(bucket.take(rate, at: now) == nil) }
        #expect(bucket.take(rate, at: now) != nil)
    }

    @Test func `a refused request costs nothing`() {
        var bucket = TokenBucket()
        for _ in 0..<3 { _ = bucket.take(rate, at: .zero) }
        for _ in 0..<100 { #expect(bucket.take(rate, at: .zero) == .milliseconds(500)) }
    }
}

@Suite struct RateLimiterTests {
    private func station(_ number: Int) -> StationID { StationID(rawValue: "s-\(number)")! }

    @Test func `stations do not use up what others may send`() {
        let limiter = RateLimiter(RateLimits())
        for _ in 0..<100 { #expect(limiter.secondsToWait(.station("rs-1"), at: .zero) == nil) }
        #expect(limiter.secondsToWait(.station("rs-1"), at: .zero) == 1)
        #expect(limiter.secondsToWait(.station("rs-2"), at: .zero) == nil)
        #expect(limiter.secondsToWait(.strangers, at: .zero) == nil)
        #expect(limiter.secondsToWait(.enrolments, at: .zero) == nil)
        #expect(limiter.secondsToWait(.questions, at: .zero) == nil)
    }

    @Test func `a million entries drain at once in the largest reports`() {
        let limiter = RateLimiter(RateLimits())
        for _ in 0..<(1_000_000 / UplinkService.entryLimit) {
            #expect(limiter.secondsToWait(.station("rs-1"), at: .zero) == nil)
        }
    }

    @Test func `memory is bounded, and buckets that are full again make room`() {
        let limiter = RateLimiter(RateLimits())
        for number in 0..<RateLimiter.stationBucketsLimit {
            #expect(limiter.secondsToWait(.station(station(number)), at: .zero) == nil)
        }
        // One too many shares the strangers' bucket.
        let shared = RateLimits().enrolments.atOnce
        for _ in 0..<shared { #expect(limiter.secondsToWait(.station("late"), at: .zero) == nil) }
        #expect(limiter.secondsToWait(.station("late"), at: .zero) != nil)
        #expect(limiter.secondsToWait(.strangers, at: .zero) != nil)
        #expect(limiter.secondsToWait(.station(station(0)), at: .zero) == nil)
        #expect(limiter.stationBuckets == RateLimiter.stationBucketsLimit)
        let later = Instant.zero + .seconds(10)
        #expect(limiter.secondsToWait(.station("late"), at: later) == nil)
        #expect(limiter.stationBuckets == 1)
    }
}

@Suite struct LimitedRouteTests {
    /// A hand on the server's clock.
    final class Clock: Sendable {
        private let passed = Mutex(Instant.zero)
        var now: Instant { passed.withLock { $0 } }
        func advance(_ duration: Duration) { passed.withLock { $0 = $0 + duration } }
    }

    private func withRoutes(
        _ body: @escaping @Sendable (any TestClientProtocol, ClusterStore, Clock) async throws -> Void
    ) async throws {
        try await withStore { store in
            try await store.enrolAndApprove(key: fixedKey())
            let clock = Clock()
            var limits = RateLimits()
            limits.reports = RequestRate(perSecond: 1, atOnce: 2)
            limits.enrolments = RequestRate(perSecond: 1, atOnce: 2)
            limits.questions = RequestRate(perSecond: 1, atOnce: 2)
            let router = ClusterRoutes.router(
                backend: store, limits: limits, logger: silentLogger, now: { clock.now }, unixSeconds: { noon })
            try await Application(router: router, logger: silentLogger).test(.router) {
                try await body($0, store, clock)
            }
        }
    }

    private func post(
        _ report: CountReport, signedBy key: StationKey, _ client: any TestClientProtocol
    ) async throws -> TestResponse {
        let signed = try Signed(report, key)
        return try await client.execute(
            uri: "/v1/stations/\(report.station)/reports", method: .post,
            headers: [.init(ClusterProtocol.signatureHeader)!: signed.signature], body: ByteBuffer(bytes: signed.body))
    }

    @Test func `a station that reports too often is told when to come back, and nothing is written`() async throws {
        try await withRoutes { client, store, clock in
            let key = try fixedKey()
            for entry in Int64(1)...2 {
                #expect(try await post(report(entry, entry), signedBy: key, client).status == .ok)
            }
            let before = try await store.dump()
            let busy = try await post(report(3, 3), signedBy: key, client)
            #expect(busy.status == .tooManyRequests)
            #expect(busy.headers[.retryAfter] == "1")
            #expect(
                String(buffer: busy.body)
                    == #"{"message":"More reports came than the cluster takes; nothing of this one was looked at. "#
                    + #"Try again in 1 s.","status":"busy","watermark":0}"#)
            #expect(try await store.dump() == before)
            clock.advance(.seconds(1))
            #expect(try await post(report(3, 3), signedBy: key, client).status == .ok)
        }
    }

    @Test func `strangers in a station's name use up their own`() async throws {
        try await withRoutes { client, _, _ in
            let stranger = try fixedKey(9)
            for _ in 0..<2 { #expect(try await post(report(1, 1), signedBy: stranger, client).status == .unauthorized) }
            for name in ["rs-1", "rs-7", "rs-8"] {
                let foreign = report(1, 1, station: StationID(rawValue: name)!)
                #expect(try await post(foreign, signedBy: stranger, client).status == .tooManyRequests)
            }
            #expect(try await post(report(1, 1), signedBy: fixedKey(), client).status == .ok)
        }
    }

    @Test func `enrolments and exchanges of keys share a limit, questions have one, and health has none`() async throws
    {
        try await withRoutes { client, store, clock in
            func enrol() async throws -> TestResponse {
                try await client.execute(uri: "/v1/enrolments", method: .post, body: ByteBuffer(string: "{}"))
            }
            #expect(try await enrol().status == .badRequest)
            let exchange = try await client.execute(
                uri: "/v1/stations/rs-1/key", method: .post, body: ByteBuffer(string: "{}"))
            #expect(exchange.status == .badRequest)
            let busy = try await enrol()
            #expect(busy.status == .tooManyRequests)
            #expect(busy.headers[.retryAfter] == "1")
            let late = try await client.execute(
                uri: "/v1/stations/rs-1/key", method: .post, body: ByteBuffer(string: "{}"))
            #expect(late.status == .tooManyRequests)
            #expect(
                String(buffer: late.body)
                    == #"{"message":"More requests came than the cluster takes; nothing of this one was looked at. "#
                    + #"Try again in 1 s.","status":"busy"}"#)
            for call in ["/v1/stations", "/v1/forks"] {
                #expect(try await client.execute(uri: call, method: .get).status == .ok)
            }
            for call in ["/v1/stations", "/v1/forks", "/v1/totals", "/v1/objectives/plastic-material-reuse?year=2025"] {
                let response = try await client.execute(uri: call, method: .get)
                #expect(response.status == .tooManyRequests)
                #expect(response.headers[.retryAfter] == "1")
            }
            #expect(try await client.execute(uri: "/healthz", method: .get).status == .ok)
            clock.advance(.seconds(1))
            #expect(try await enrol().status == .badRequest)
            #expect(try await client.execute(uri: "/v1/stations", method: .get).status == .ok)
        }
    }

    @Test func `an uplink that is told to wait waits as long, and loses nothing`() async throws {
        let ledger = FakeLedger(entries: 5)
        let busy = ScriptedTransport.Line.answer(
            429, #"{"message":"m","status":"busy","watermark":0}"#, retryAfterSeconds: 7)
        try await withCluster([busy], ledger: ledger) { store, _, rig in
            #expect(try await rig.untilUpToDate() == [.seconds(7)])
            let totals = try await store.allTotals()
            #expect(totals == (await ledger.totals(to: 5)))
        }
    }
}
