import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import ClusterServer
@testable import ClusterStore
@testable import Uplink

/// A cluster that lets in only who has a certificate of its authority, over TLS on the loopback interface.
@Suite struct ClientCertificateTests {
    private let live = LiveClusterTests()

    private func withGuardedServer(_ body: (ClusterStore, _ url: String) async throws -> Void) async throws {
        try await withStore { store in
            try await store.enrolAndApprove(key: fixedKey())
            try await live.withServer(store, tls: true, clientAuthority: "client-authority.pem") { port in
                try await body(store, "https://127.0.0.1:\(port)")
            }
        }
    }

    @Test func `a station with a certificate of the cluster's authority reports`() async throws {
        try await withGuardedServer { store, url in
            let ledger = FakeLedger(entries: 50)
            try await live.withUplink(url, authority: "authority.pem", client: "client", ledger: ledger) { rig in
                let slept = try await rig.untilUpToDate()
                #expect(slept.isEmpty, "\(rig.uplink.snapshot)")
                let totals = try await store.allTotals()
                #expect(totals == (await ledger.totals(to: 50)))
            }
        }
    }

    @Test(arguments: [nil, "other-client"])
    func `without one, or with another authority's, nothing is taken and nothing is lost`(client: String?) async throws
    {
        try await withGuardedServer { store, url in
            let ledger = FakeLedger(entries: 50)
            try await live.withUplink(url, authority: "authority.pem", client: client, ledger: ledger) { rig in
                await rig.clock.next().wake()
                _ = await rig.clock.next()
                guard case .unreachable = rig.uplink.snapshot.state else {
                    Issue.record("\(rig.uplink.snapshot)")
                    return
                }
                let totals = try await store.allTotals()
                #expect(totals.isEmpty)
                #expect(await ledger.acknowledgedSequence() == 0)
            }
        }
    }

    @Test func `a certificate that comes later, or is renewed, is taken without a restart`() async throws {
        try await withTemporaryFolder { folder in
            try await withGuardedServer { store, url in
                let (certificate, key) = (folder + "/client.pem", folder + "/client-key.pem")
                let transport = HTTPTransport(
                    cluster: try ClusterURL(url),
                    files: UplinkTLSFiles(
                        authority: try LiveClusterTests.fixture("authority.pem"),
                        client: UplinkTLSFiles.Client(certificate: certificate, key: key)))
                let ledger = FakeLedger(entries: 50)
                try await ClusterTests.withUplink(to: transport, ledger: ledger, key: fixedKey()) { rig in
                    let sleeper = await rig.clock.next()
                    #expect(
                        rig.uplink.snapshot.lastError?.hasPrefix(
                            "The station's certificate \(certificate) with the key \(key) cannot be used: ") == true)
                    for (file, place) in [("client.pem", certificate), ("client-key.pem", key)] {
                        try FileManager.default.copyItem(atPath: LiveClusterTests.fixture(file), toPath: place)
                    }
                    sleeper.wake()
                    _ = try await rig.untilUpToDate()
                    let totals = try await store.allTotals()
                    #expect(totals == (await ledger.totals(to: 50)))
                }
            }
        }
    }

    @Test(arguments: ["nowhere.pem", "server-key.pem"])
    func `an authority of clients that is none stops the server with its name`(file: String) async throws {
        try await withStore { store in
            let path = file == "nowhere.pem" ? "/nowhere.pem" : try LiveClusterTests.fixture(file)
            let tls = ClusterServerSettings.TLSFiles(
                certificateChain: try LiveClusterTests.fixture("server.pem"),
                privateKey: try LiveClusterTests.fixture("server-key.pem"), clientAuthority: path)
            let server = ClusterServer(
                backend: store, settings: ClusterServerSettings(host: "127.0.0.1", port: 0, tls: tls),
                logger: silentLogger, now: { .zero }, unixSeconds: { noon }, onListening: { _ in })
            let error = await #expect(throws: ClusterServerError.self) { try await server.run() }
            #expect(error?.message.contains("authority of clients \(path)") == true)
        }
    }
}
