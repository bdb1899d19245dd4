import Foundation
import Testing

/// The same station with other makers' devices in it.
extension EndToEndTests {
    private static let example = "rs-1-alternates-sim.yaml"
    private static let equipment = ["--tag-reader", "inveo-rfid-mb10", "--drive", "danfoss-fc202", "--remote-io"]

    @Test func `items pass other makers' devices, also after these lost their supply`() async throws {
        try await withSite(example: Self.example) { site in
            let simulator = try await site.startSimulator(
                """
                seed: 7
                typicalItems: true
                items:
                  - {type: cup-pp-300}
                  - {type: bottle-pet-500}
                  - {type: cup-pp-300}
                faults:
                  - {item: 1, fault: supplyLost, device: drive}
                  - {item: 1, fault: supplyLost, device: remote-io}
                  - {item: 2, fault: supplyLost, device: tag-reader}
                """, equipment: Self.equipment + ["--stay"])
            let station = try await site.startStation()
            for _ in 0..<3 {
                try await station.commitsItem()
            }
            let status = try await site.ask("status", as: StatusAnswer.self)
            #expect(status.lostDevices.isEmpty)
            #expect(status.devices.map(\.device).contains("remote-io"))
            let returns = try await site.ask("returns", as: [ReturnAnswer].self)
            // The first cup's tag still stands in the reader when the bottle is measured.
            #expect(returns.reversed().map(\.packagingType) == ["cup-pp-300", "bottle-pet-500", "cup-pp-300"])
            #expect(returns.reversed().map(\.bin) == ["reuse", "plastic", "reuse"])
            station.send(SIGTERM)
            #expect(try await station.ended() == .exited(0))
            // It stays until then: without it every device would be lost when the status is asked.
            simulator.send(SIGTERM)
            #expect(try await simulator.ended() == .exited(0))
            #expect(try site.truth.items.map(\.end) == ["bin:reuse", "bin:plastic", "bin:reuse"])
            #expect(!station.lines.contains { $0.contains("could not be switched off") })
            #expect(try await site.verify().isWhole)
        }
    }

    @Test func `a serial line that takes its time carries the same items`() async throws {
        try await withSite { site in
            let simulator = try await site.startSimulator(
                """
                seed: 7
                typicalItems: true
                items:
                  - {type: cup-pp-300}
                """, equipment: ["--baud", "19200"])
            let station = try await site.startStation()
            try await station.commitsItem()
            station.send(SIGTERM)
            #expect(try await station.ended() == .exited(0))
            #expect(try await simulator.ended() == .exited(0))
            let use = simulator.lines.compactMap { $0.wholeMatch(of: /.*modbus rtu at 19200 baud: (\d+) requests, .*/) }
            #expect(use.count == 1)
            // Without a pace nothing is counted.
            #expect(try #require(Int(use[0].output.1)) > 0)
        }
    }

    @Test func `a station waits for its remote module, and for a drive that has tripped`() async throws {
        try await withSite(example: Self.example) { site in
            _ = try await site.startSimulator(
                """
                seed: 7
                typicalItems: true
                items:
                  - {type: cup-pp-300}
                faults:
                  - {at: "0 ms", fault: device, device: remote-io, condition: silent}
                  - {at: "0 ms", fault: driveFault, code: 14}
                  - {at: "10 s", fault: device, device: remote-io, condition: working}
                  - {at: "22 s", fault: driveFault, code: 0}
                """, equipment: Self.equipment)
            let station = try await site.startStation()
            try await station.line(with: "Device remote-io on bus rs485 does not answer as it should: timeout.")
            // The service key's level is not known, and nothing else keeps the station from starting.
            let waiting = try await site.status { $0.lostDevices == ["remote-io"] }
            #expect(waiting.mode == "starting")
            let tripped = try await site.status { $0.modeCauses == ["driveFault"] }
            #expect(tripped.mode == "held")
            #expect(tripped.lostDevices == [])
            try await station.commitsItem()
        }
    }
}
