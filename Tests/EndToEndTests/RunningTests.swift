import Foundation
import TestSupport
import Testing

/// What comes about while the station runs.
extension EndToEndTests {
    @Test func `a station goes on without its cluster, and reports everything when it is back`() async throws {
        try await withSite(reporting: true) { site in
            _ = try await site.startSimulator(
                """
                seed: 11
                typicalItems: true
                items:
                  - {type: cup-pp-300, repeat: 2}
                  - {type: bottle-pet-500}
                """)
            let station = try await site.startStation()
            let outage = try await station.line(with: "Reporting failed and goes on later; nothing is lost meanwhile.")
            let reports = "http://127.0.0.1:\(site.clusterPort)/v1/stations/rs-1-sim/reports"
            #expect(outage.hasSuffix(" POST \(reports) got no answer: Connection refused."), "\(outage)")
            let broken = try BrokenCluster(
                port: site.clusterPort,
                answers: [
                    BrokenCluster.answer("500 Internal Server Error", "no"),
                    BrokenCluster.answer("200 OK", "<p>Welcome to the hotel's network"),
                ])
            let failure = try await site.status { $0.uplink.lastError?.hasPrefix("The cluster answered 500") == true }
            #expect(failure.uplink.state == "unreachable")
            #expect(
                failure.uplink.lastError == "The cluster answered 500 with something that is no answer to a report")
            let garbage = try await site.status { $0.uplink.lastError?.hasPrefix("The cluster answered 200") == true }
            #expect(
                garbage.uplink.lastError == "The cluster answered 200 with something that is no answer to a report")
            #expect(garbage.ledger.acknowledgedSequence == 0)
            for _ in 0..<3 { try await station.line(with: "passage ended") }
            let requests = await broken.end()
            #expect(requests.first == "POST /v1/stations/rs-1-sim/reports HTTP/1.1")

            _ = try await site.startCluster()
            try await site.approve()
            try await station.line(with: "The cluster takes this station's reports.")
            let counts = try await site.agreedCounts()
            #expect(counts.units("committed") == 3)
            #expect(station.lines.count { $0.contains("Reporting failed") } == 1)
        }
    }

    @Test func `after an emergency stop only a clear lets the station move`() async throws {
        try await withSite { site in
            _ = try await site.startSimulator(
                """
                seed: 13
                typicalItems: true
                items:
                  - {type: cup-pp-300}
                  - {type: cup-pp-300}
                faults:
                  - {item: 0, fault: emergencyStopPressed}
                  - {at: "14 s", fault: emergencyStopReleased}
                """)
            let station = try await site.startStation()
            try await station.line(with: "fault: Emergency stop pressed")
            let aborted = try await site.status { $0.mode == "aborted" }
            #expect(aborted.modeCauses == ["emergencyStop"])
            let refused = try await site.stationctl("clear", "--socket", "run/operator.sock")
            #expect(
                refused
                    == CommandResult(
                        code: 1, output: "Refused: The emergency stop is pressed: unlock it, then clear.\n",
                        complaint: ""))
            try await station.line(with: "fault over: Emergency stop pressed")
            let released = try await site.ask("status", as: StatusAnswer.self)
            #expect(released.mode == "aborted")
            let taken = try await site.stationctl("clear", "--socket", "run/operator.sock")
            #expect(taken.code == 0)
            try await station.line(with: "mode aborted -> ")
            // What lay in the chamber goes back to its person; the next item is taken.
            try await station.commitsItem()
            station.send(SIGTERM)
            #expect(try await station.ended() == .exited(0))
            #expect(try await site.verify().isWhole)
        }
    }

    @Test func `a changed configuration is taken at SIGHUP, and a broken one is not`() async throws {
        try await withSite { site in
            _ = try await site.startSimulator(
                """
                seed: 17
                typicalItems: true
                items:
                  - {type: cup-pp-300}
                faults:
                  - {at: "0 ms", fault: binFilled, bin: fibre, level: "95 %"}
                """)
            let supervisor = try NotifySocket(folder: site.folder)
            let station = try await site.startStation(environment: ["NOTIFY_SOCKET": supervisor.path])
            let suspended = try await site.status { $0.mode == "suspended" }
            #expect(suspended.modeCauses == ["binFull"])

            try site.change("binFullPolicy: suspend", to: "binFullPolicy: refused")
            station.send(SIGHUP)
            try await station.line(
                with: "station.yaml:80: intake.binFullPolicy: \"refused\" is not known; did you mean \"refuse\"?")
            try await station.line(with: "the configuration stays as it was")
            _ = try await supervisor.message(beginning: "RELOADING=1\nMONOTONIC_USEC=")
            _ = try await supervisor.message(beginning: "READY=1")
            let unchanged = try await site.ask("status", as: StatusAnswer.self)
            #expect(unchanged.mode == "suspended")

            try site.change("binFullPolicy: refused", to: "binFullPolicy: refuse")
            try site.change("logLevel: info", to: "logLevel: warning")
            station.send(SIGHUP)
            // The station works again; lines of the lower levels are no longer written.
            _ = try await site.status { ["idle", "executing"].contains($0.mode) }
            station.send(SIGTERM)
            #expect(try await station.ended() == .exited(0))
            #expect(station.lines.contains { $0.contains(" notice stationd: ") && $0.contains("-> suspended") })
            #expect(!station.lines.contains { $0.contains("suspended -> ") })
            #expect(try await site.verify().isWhole)
        }
    }

    @Test func `a SIGHUP that comes during the start is served after it, and ends nothing`() async throws {
        try await withSite { site in
            let station = try site.launchStation()
            try await station.line(with: "ledger opened")
            station.send(SIGHUP)
            try await station.line(with: "configuration read again")
            station.send(SIGTERM)
            #expect(try await station.ended() == .exited(0))
        }
    }

    @Test func `other configurations leave the ledger's file and chain as they are (thingsboard-gateway 2124)`()
        async throws
    {
        try await withSite { site in
            let station = try await site.startStation()
            let file = try site.ledgerFileNumber
            try site.change("binFullPolicy: suspend", to: "binFullPolicy: refuse")
            station.send(SIGHUP)
            try await station.line(with: "configuration read again")
            #expect(try site.ledgerFileNumber == file)
            let before = try await site.ask("status", as: StatusAnswer.self).ledger.lastSequence
            station.send(SIGTERM)
            #expect(try await station.ended() == .exited(0))

            try site.change("gap: \"5 ms\"", to: "gap: \"25 ms\"")
            try site.change("unit: 12,", to: "unit: 22,")
            let other = try await site.startStation()
            let after = try await site.ask("status", as: StatusAnswer.self).ledger.lastSequence
            #expect(after > before)
            other.send(SIGTERM)
            #expect(try await other.ended() == .exited(0))
            #expect(try site.ledgerFileNumber == file)
            #expect(try await site.verify().isWhole)
        }
    }
}

extension Site {
    /// The file system's number of the ledger's file: another one is another file.
    var ledgerFileNumber: Int {
        get throws {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/run/state/ledger.sqlite")
            return try #require(attributes[.systemFileNumber] as? Int)
        }
    }
}
