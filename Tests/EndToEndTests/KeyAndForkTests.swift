import Foundation
import TestSupport
import Testing

/// What `stationctl key` prints as JSON.
private struct KeyAnswer: Decodable {
    var fingerprint: String
    var publicKey: String
    var nextFingerprint: String?
    var uplink: StatusAnswer.Uplink?
}

/// A row of `clusterd stations --json`.
private struct StationAnswer: Decodable {
    var fingerprint: String
    var formerFingerprint: String?
    var isForked: Bool
}

/// A row of `clusterd forks show --json`.
private struct ForkAnswer: Decodable {
    struct Refused: Decodable {
        var signedBy: String?
        var receivedUnixSeconds: Int64?
    }
    var watermark: Int64
    var refused: [Refused]
}

/// The station's key and the station's history, as the cluster sees them. No device is needed for either.
extension EndToEndTests {
    private static func certificate(_ name: String) -> String {
        Executables.repository.appending(path: "Tests/ClusterTests/Fixtures/\(name)").path
    }

    private static let guarded = [
        "--tls-certificate", certificate("server.pem"), "--tls-key", certificate("server-key.pem"),
        "--tls-client-authority", certificate("client-authority.pem"),
    ]

    @Test func `over TLS with a certificate of its own a station reports and exchanges its key`() async throws {
        try await withSite(reporting: true) { site in
            try site.change(
                "url: \"http://127.0.0.1",
                to: "authority: \"\(Self.certificate("authority.pem"))\", "
                    + "clientCertificate: \"\(Self.certificate("client.pem"))\", "
                    + "clientKey: \"\(Self.certificate("client-key.pem"))\", url: \"https://127.0.0.1")
            _ = try await site.startCluster(Self.guarded)
            let station = try await site.startStation()
            try await site.approve()
            try await site.agreedCounts()

            let first = try await site.ask("key", as: KeyAnswer.self)
            #expect(first.nextFingerprint == nil && first.uplink?.state == "upToDate")
            let rotation = try await CommandResult.of(
                "stationctl", ["key", "rotate"] + Site.socket, in: site.folder)
            #expect(rotation.code == 0, "\(rotation)")
            var key = try rotation.decoded(as: KeyAnswer.self)
            while key.fingerprint == first.fingerprint || key.nextFingerprint != nil {
                try Task.checkCancellation()
                key = try await site.ask("key", as: KeyAnswer.self)
            }
            let held = try await CommandResult.of(
                "clusterd", ["stations", "--store", "store", "--json"], in: site.folder
            ).decoded(as: [StationAnswer].self)
            #expect(held.map(\.fingerprint) == [key.fingerprint])
            #expect(held.map(\.formerFingerprint) == [first.fingerprint])

            station.send(SIGTERM)
            #expect(try await station.ended() == .exited(0))
            let offline = try await site.stationctl("key", "show", "--directory", "run/state", "--json")
                .decoded(as: KeyAnswer.self)
            #expect(offline.fingerprint == key.fingerprint && offline.publicKey == key.publicKey)
            #expect(offline.uplink == nil)
            // What it writes from now on is signed with the new key.
            _ = try await site.startStation()
            try await site.agreedCounts()
        }
    }

    @Test func `without a certificate of its own a station is not let in, and says so`() async throws {
        try await withSite(reporting: true) { site in
            try site.change(
                "url: \"http://127.0.0.1",
                to: "authority: \"\(Self.certificate("authority.pem"))\", url: \"https://127.0.0.1")
            _ = try await site.startCluster(Self.guarded)
            let station = try await site.startStation()
            try await station.wrote("Reporting failed and goes on later; nothing is lost meanwhile.")
            let status = try await site.status { $0.uplink.state == "unreachable" }
            #expect(status.ledger.acknowledgedSequence == 0)
            let stations = try await CommandResult.of("clusterd", ["stations", "--store", "store"], in: site.folder)
            #expect(stations.output == "No station has introduced itself yet.\n")
        }
    }

    @Test func `a ledger restored from a backup is forked, and both its branches are shown`() async throws {
        try await withSite(reporting: true) { site in
            _ = try await site.startCluster()
            func liveOnce(until state: String) async throws {
                let station = try await site.startStation()
                if state == "waitingForApproval" { try await site.approve() }
                if state == "forked" {
                    _ = try await site.status { $0.uplink.state == state }
                } else {
                    _ = try await site.agreedCounts()
                }
                station.send(SIGTERM)
                #expect(try await station.ended() == .exited(0))
            }
            let (state, backup) = ("\(site.folder)/run/state", "\(site.folder)/backup")
            try await liveOnce(until: "waitingForApproval")
            try FileManager.default.copyItem(atPath: state, toPath: backup)
            try await liveOnce(until: "upToDate")
            try FileManager.default.removeItem(atPath: state)
            try FileManager.default.copyItem(atPath: backup, toPath: state)
            var forks: [ForkAnswer] = []
            // First the ledger ends before the watermark, which only the station sees; then it grows beyond.
            while forks.isEmpty {
                try await liveOnce(until: "forked")
                let shown = try await CommandResult.of(
                    "clusterd", ["forks", "show", Site.station, "--store", "store", "--json"], in: site.folder)
                if shown.code == 0 { forks = try shown.decoded(as: [ForkAnswer].self) }
            }
            let key = try await site.stationctl("key", "show", "--directory", "run/state", "--json")
                .decoded(as: KeyAnswer.self)
            let fork = try #require(forks.first)
            #expect(fork.watermark > 0)
            #expect(fork.refused.first?.signedBy == key.fingerprint)
            #expect(fork.refused.first?.receivedUnixSeconds != nil)
            let text = try await CommandResult.of(
                "clusterd", ["forks", "show", Site.station, "--store", "store"], in: site.folder)
            #expect(text.output.contains("HELD, counted up to entry \(fork.watermark)"), "\(text)")
            #expect(text.output.contains("What to do: "))
            let stations = try await CommandResult.of("clusterd", ["stations", "--store", "store"], in: site.folder)
            #expect(stations.output.contains("FORKED: see `clusterd forks show rs-1-sim`"), "\(stations)")
            let list = try await CommandResult.of("clusterd", ["forks", "--store", "store"], in: site.folder)
            #expect(list.output.hasPrefix("rs-1-sim, ledger "), "\(list)")
        }
    }
}
