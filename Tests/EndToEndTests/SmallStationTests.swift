import Foundation
import Testing

/// RS-1L: the 8-LED head on the RTU bus.
extension EndToEndTests {
    private static let model = Executables.repository.appending(path: "config/models/led-8.json").path

    @Test(.enabled(if: FileManager.default.fileExists(atPath: model), "the 8-LED head's model is not there"))
    func `items pass RS-1L, whose head measures and takes its references over the serial bus`() async throws {
        try await withSite(example: "rs-1l-sim.yaml") { site in
            // Of one measurement eight LEDs make something else in one case of four: docs/classification.md.
            let cups = (1...6).map { _ in "  - {type: cup-pp-300}" }.joined(separator: "\n")
            let simulator = try await site.startSimulator(
                "seed: 7\ntypicalItems: true\nitems:\n\(cups)\n", equipment: ["--nir-head", "led8", "--stay"])
            let station = try await site.startStation()
            try await station.commitsItem()
            // By then the head has been polled once more.
            _ = try await station.line(with: "passage ended")
            let status = try await site.ask("status", as: StatusAnswer.self)
            #expect(status.lostDevices.isEmpty)
            let readings = try await site.stationctl("readings", "--socket", "run/operator.sock")
            #expect(readings.output.contains(#/nir-head +bands +8 /#))
            #expect(readings.output.contains(#/nir-head +references +[1-9]/#))
            station.send(SIGTERM)
            #expect(try await station.ended() == .exited(0))
            simulator.send(SIGTERM)
            // Not all have been brought.
            _ = try await simulator.ended()
            #expect(try site.truth.items.map(\.end).contains("bin:reuse"))
        }
    }
}
