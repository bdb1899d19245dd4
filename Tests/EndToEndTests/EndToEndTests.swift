import Foundation
import TestSupport
import Testing

/// What is promised to the user, shown on the programs as they are built: the daemon, the simulator, the cluster's
/// server and the operator's tool as processes of their own.
@Suite(.serialized, .timeLimit(.minutes(hangLimitMinutes))) struct EndToEndTests {
    @Test func `ledger, cluster and what really happened agree`() async throws {
        try await withSite(reporting: true) { site in
            _ = try await site.startCluster()
            let simulator = try await site.startSimulator(
                """
                seed: 7
                typicalItems: true
                items:
                  - {type: cup-pp-300}
                  - {type: bottle-pet-500}
                  - {type: cup-fibre-250}
                  - {type: can-aluminium-330}
                  - {name: pipe of PVC, material: pvc, mass: "57 g"}
                """)
            let station = try await site.startStation()
            try await site.approve()
            for _ in 0..<4 { try await station.line(with: "passage ended") }
            try await station.line(with: "item refused")
            let counts = try await site.agreedCounts()
            #expect(counts.units("committed") == 4)
            #expect(counts.units("returned") == 1)
            #expect(counts.units("unconfirmed") + counts.units("reversed") == 0)
            let returns = try await site.ask("returns", as: [ReturnAnswer].self)
            let refused = try #require(returns.first { $0.bin == nil }).sequence
            let explained = try await site.stationctl("returns", "show", "\(refused)", "--socket", "run/operator.sock")
            #expect(explained.output.contains("decided") && explained.output.contains("to the spectrometer model"))
            let byFile = try await site.stationctl(
                "returns", "show", "\(refused)", "--directory", "run/state", "--config", Site.configuration)

            station.send(SIGTERM)
            #expect(try await station.ended() == .exited(0))
            #expect(byFile.output == explained.output)
            #expect(try await simulator.ended() == .exited(0))
            let ends = try site.truth.items.map { End(packagingType: $0.packagingType, place: $0.end) }
            let rows = returns.reversed().map { row in
                End(packagingType: row.packagingType, place: row.bin.map { "bin:\($0)" } ?? "handedBack")
            }
            #expect(rows == ends)
            let verification = try await site.verify()
            #expect(verification.isWhole)
            #expect(verification.acceptances == 4)
            #expect(verification.outcomes == 4)
            #expect(verification.refusals == 1)
        }
    }

    private struct End: Equatable {
        var packagingType: String?
        var place: String
    }

    @Test func `a daemon that is killed in mid-passage ends that passage as unconfirmed and goes on`() async throws {
        try await withSite(reporting: true) { site in
            _ = try await site.startCluster()
            _ = try await site.startSimulator(
                """
                seed: 3
                typicalItems: true
                items:
                  - {type: cup-pp-300}
                  - {type: bottle-pet-500}
                  - {type: tray-fibre}
                """)
            let killed = try await site.startStation()
            try await killed.line(with: "item accepted")
            _ = try await site.openReturn()
            killed.send(SIGKILL)
            #expect(try await killed.ended() == .init(status: SIGKILL, wasKilled: true))
            #expect(!killed.lines.contains { $0.contains("passage ended") })

            let station = try await site.startStation()
            #expect(station.lines.contains { $0.contains("the last run ended in mid-passage") })
            try await site.approve()
            for _ in 0..<2 { try await station.line(with: "passage ended") }
            let counts = try await site.agreedCounts()
            #expect(counts.units("unconfirmed") == 1)
            #expect(counts.units("committed") == 2)
            let returns = try await site.ask("returns", as: [ReturnAnswer].self)
            #expect(returns.compactMap(\.cause) == ["interrupted"])

            let lost = try #require(returns.first { $0.cause == "interrupted" })
            let corrected = try await site.stationctl(
                "ledger", "correct", "\(lost.sequence)", "--outcome", "committed", "--why", "it lies in the bin",
                "--socket", "run/operator.sock")
            #expect(corrected.code == 0 && corrected.output.contains("counts now  committed"), "\(corrected)")
            let countsNow = try await site.agreedCounts()
            #expect(countsNow.units("unconfirmed") == 0)
            #expect(countsNow.units("committed") == 3)
            let again = try await site.stationctl(
                "ledger", "correct", "\(lost.sequence)", "--outcome", "committed", "--why", "it lies in the bin",
                "--socket", "run/operator.sock")
            #expect(again.code == 1 && again.output.hasPrefix("Refused: Nothing was corrected"), "\(again)")
            #expect(try await site.ask("returns", as: [ReturnAnswer].self).compactMap(\.correctedBy).count == 1)

            station.send(SIGTERM)
            #expect(try await station.ended() == .exited(0))
            let verification = try await site.verify()
            #expect(verification.isWhole)
            #expect(verification.acceptances == 3)
            #expect(verification.outcomes == 3)
            #expect(verification.openAcceptances == [])
        }
    }

    @Test func `a daemon that is stopped in mid-passage finishes it first`() async throws {
        try await withSite { site in
            _ = try await site.startSimulator(
                """
                seed: 5
                typicalItems: true
                items:
                  - {type: cup-pp-300}
                  - {type: cup-pp-300}
                """)
            let station = try await site.startStation()
            try await station.line(with: "item accepted")
            _ = try await site.openReturn()
            station.send(SIGTERM)
            try await station.commitsItem()
            try await station.line(with: "stopped")
            #expect(try await station.ended() == .exited(0))
            #expect(station.lines.count { $0.contains("item accepted") } == 1)
            let verification = try await site.verify()
            #expect(verification.isWhole)
            #expect(verification.acceptances == 1)
            #expect(verification.openAcceptances == [])
        }
    }
}

extension Site {
    /// Asks until an acceptance is on disk whose passage is not over.
    func openReturn() async throws -> ReturnAnswer {
        while true {
            try Task.checkCancellation()
            let returns = try await ask("returns", as: [ReturnAnswer].self)
            if let open = returns.first(where: { $0.outcome == nil }) { return open }
        }
    }
}
