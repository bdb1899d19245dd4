import ClusterAPI
import Foundation
import Logging
import TestSupport
import Testing
import Vocabulary

@testable import ClusterServer
@testable import ClusterStore
@testable import Uplink

/// The real client and the real server, over TLS on the loopback interface.
@Suite struct LiveClusterTests {
    static func fixture(_ name: String) throws -> String {
        try #require(Bundle.module.path(forResource: "Fixtures/" + name, ofType: nil))
    }

    func withServer(
        _ store: ClusterStore, tls: Bool, clientAuthority: String? = nil, _ body: (_ port: Int) async throws -> Void
    ) async throws {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        var settings = ClusterServerSettings(host: "127.0.0.1", port: 0)
        if tls {
            settings.tls = ClusterServerSettings.TLSFiles(
                certificateChain: try Self.fixture("server.pem"), privateKey: try Self.fixture("server-key.pem"),
                clientAuthority: try clientAuthority.map(Self.fixture))
        }
        let server = ClusterServer(
            backend: store, settings: settings, logger: silentLogger, now: { .zero }, unixSeconds: { noon },
            onListening: { continuation.yield($0) })
        let running = Task {
            defer { continuation.finish() }
            try await server.run()
        }
        var failure: (any Error)?
        if let port = await ports.first(where: { _ in true }) {
            do { try await body(port) } catch { failure = error }
        }
        running.cancel()
        do { try await running.value } catch is CancellationError {} catch { failure = failure ?? error }
        if let failure { throw failure }
    }

    func withUplink(
        _ url: String, authority: String?, client: String? = nil, ledger: FakeLedger,
        _ body: (UplinkRig) async throws -> Void
    ) async throws {
        let files = UplinkTLSFiles(
            authority: try authority.map(Self.fixture),
            client: try client.map { name in
                UplinkTLSFiles.Client(
                    certificate: try Self.fixture(name + ".pem"), key: try Self.fixture(name + "-key.pem"))
            })
        let transport = HTTPTransport(
            cluster: try ClusterURL(url), files: files)
        try await ClusterTests.withUplink(to: transport, ledger: ledger, key: fixedKey(), body)
    }

    @Test func `a station reports over TLS to a cluster that its authority vouches for`() async throws {
        try await withStore { store in
            try await store.enrolAndApprove(key: fixedKey())
            try await withServer(store, tls: true) { port in
                let ledger = FakeLedger(entries: 50)
                try await withUplink("https://127.0.0.1:\(port)", authority: "authority.pem", ledger: ledger) { rig in
                    let slept = try await rig.untilUpToDate()
                    #expect(slept.isEmpty, "\(rig.uplink.snapshot)")
                    let totals = try await store.allTotals()
                    #expect(totals == (await ledger.totals(to: 50)))
                }
            }
        }
    }

    @Test(arguments: ["other-authority.pem", nil])
    func `another authority is not believed and the backlog is kept`(authority: String?) async throws {
        try await withStore { store in
            try await store.enrolAndApprove(key: fixedKey())
            try await withServer(store, tls: true) { port in
                let ledger = FakeLedger(entries: 50)
                try await withUplink("https://127.0.0.1:\(port)", authority: authority, ledger: ledger) { rig in
                    await rig.clock.next().wake()
                    _ = await rig.clock.next()
                    guard case .unreachable(let error) = rig.uplink.snapshot.state else {
                        Issue.record("\(rig.uplink.snapshot)")
                        return
                    }
                    #expect(error.contains("CERTIFICATE_VERIFY_FAILED"), "\(error)")
                    #expect(await ledger.acknowledgedSequence() == 0)
                    let totals = try await store.allTotals()
                    #expect(totals.isEmpty)
                }
                try await withUplink("https://127.0.0.1:\(port)", authority: "authority.pem", ledger: ledger) { rig in
                    _ = try await rig.untilUpToDate()
                    let totals = try await store.allTotals()
                    #expect(totals == (await ledger.totals(to: 50)))
                }
            }
        }
    }

    @Test func `a cluster that is not there is waited for`() async throws {
        try await withStore { store in
            try await store.enrolAndApprove(key: fixedKey())
            // Port 1 is a privileged one that nothing listens on.
            try await withUplink("http://127.0.0.1:1", authority: nil, ledger: FakeLedger(entries: 1)) { rig in
                await rig.clock.next().wake()
                _ = await rig.clock.next()
                #expect(
                    rig.uplink.snapshot.lastError?.contains("POST http://127.0.0.1:1/v1/stations/rs-1/reports") == true)
            }
        }
    }

    @Test func `the server refuses a body that is too large over the wire`() async throws {
        try await withStore { store in
            try await store.enrolAndApprove(key: fixedKey())
            try await withServer(store, tls: false) { port in
                let transport = HTTPTransport(
                    cluster: try ClusterURL("http://127.0.0.1:\(port)"), files: UplinkTLSFiles())
                let answer = try await transport.post(
                    path: "/v1/enrolments", body: Data(repeating: 0x20, count: 5000), signature: nil)
                #expect(answer.status == 413)
                await transport.shutdown()
            }
        }
    }
}
