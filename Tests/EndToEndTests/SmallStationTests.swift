import Foundation
import Testing

/// RS-1L: the 8-LED head on the RTU bus.
extension EndToEndTests {
    private static let model = Executables.repository.appending(path: "config/models/led-8.json").path

    @Test(.enabled(if: FileManager.default.fileExists(atPath: model), "the 8-LED head's model is not there"))
    func `an item passes RS-1L, whose head measures and takes its references over the serial bus`() async throws {
        try await withSite(example: "rs-1l-sim.yaml") { site in
            let simulator = try await site.startSimulator(
                """
                seed: 7
                typicalItems: true
                items:
                  - {type: cup-pp-300}
                """, equipment: ["--nir-head", "led8", "--stay"])
            let station = try await site.startStation()
            #expect(try await station.line(with: "passage ended").contains("outcome=committed"))
            let status = try await site.ask("status", as: StatusAnswer.self)
            #expect(status.lostDevices.isEmpty)
            let readings = try await site.stationctl("readings", "--socket", "run/operator.sock")
            #expect(readings.output.contains(#/nir-head +bands +8 /#))
            #expect(readings.output.contains(#/nir-head +references +[1-9]/#))
            station.send(SIGTERM)
            #expect(try await station.ended() == .exited(0))
            simulator.send(SIGTERM)
            #expect(try await simulator.ended() == .exited(0))
            #expect(try site.truth.items.map(\.end) == ["bin:reuse"])
        }
    }
}
