import FoundationEssentials
import StationConfig
import Testing
import Vocabulary

@Suite struct ShippedExampleTests {
    private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    private func settings(_ path: String) throws -> StationSettings {
        try StationConfigReader.read(text: text(path), file: path)
    }

    @Test func `every example in the folder is loaded here`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "config").path())
        #expect(
            files.filter { $0.hasSuffix(".yaml") }.sorted() == [
                "catalogue.yaml", "rs-1-alternates-sim.yaml", "rs-1-sim.yaml", "rs-1.yaml",
            ])
    }

    @Test func `a shipped map takes the place of its driver in the example`() throws {
        let example = try text("config/rs-1.yaml").replacing(
            "driver: elsner-so250", with: "driver: register-map, map: register-maps/elsner-so250.yaml")
        let folder = root
        let settings = try StationConfigReader.read(text: example, file: "config/rs-1.yaml") {
            path throws(UnreadableFile) in
            do {
                return try String(contentsOf: folder.appending(path: path), encoding: .utf8)
            } catch {
                throw UnreadableFile(reason: "\(error)")
            }
        }
        let before = try self.settings("config/rs-1.yaml")
        #expect(settings.hardware.devices.map(\.driver.role) == before.hardware.devices.map(\.driver.role))
        #expect(settings.intake == before.intake)
    }

    @Test func `the example for real hardware is valid`() throws {
        let settings = try settings("config/rs-1.yaml")
        #expect(settings.hardware.lines.backend == .chip(path: "/dev/gpiochip0"))
        #expect(settings.operatorSocket == "/run/return-station/operator.sock")
        #expect(settings.catalogueFile == "config/catalogue.yaml")
        #expect(settings.hardware.lines.outputs.values.allSatisfy { !$0.isActiveLow })
    }

    @Test(arguments: ["rs-1", "rs-1-sim", "rs-1-alternates-sim"])
    func `the examples keep readings as long as a file that says nothing`(name: String) throws {
        let path = "config/\(name).yaml"
        #expect(try text(path).contains("  retention: {age: \"90 d\", size: \"2 GB\"}"))
        #expect(try settings(path).retention == RetentionSettings())
    }

    @Test func `the example for the simulator has the simulator's lines`() throws {
        let lines = try settings("config/rs-1-sim.yaml").hardware.lines
        #expect(InputLine.allCases.map { lines.inputs[$0]?.place } == (0...8).map { .offset($0) })
        #expect(OutputLine.allCases.map { lines.outputs[$0]?.place } == (9...17).map { .offset($0) })
        #expect((Array(lines.inputs.values) + Array(lines.outputs.values)).allSatisfy { !$0.isActiveLow })
    }

    @Test func `the example with other devices is valid, and has lamps and key on its remote module`() throws {
        let hardware = try settings("config/rs-1-alternates-sim.yaml").hardware
        #expect(
            Set(hardware.devices.map(\.driver)).subtracting(
                try settings("config/rs-1-sim.yaml").hardware.devices.map(\.driver))
                == [.builtIn(.inveoRFIDMB10), .builtIn(.danfossFC202), .builtIn(.waveshareIO8CH)])
        #expect(hardware.lines.remoteInputs == [.serviceKey: RemotePlace(device: "remote-io", channel: 0)])
        #expect(
            hardware.lines.remoteOutputs == [
                .lampGreen: RemotePlace(device: "remote-io", channel: 0),
                .lampRed: RemotePlace(device: "remote-io", channel: 1),
                .buzzer: RemotePlace(device: "remote-io", channel: 2),
            ])
        #expect(hardware.lines.inputs.count == 8 && hardware.lines.outputs.count == 6)
    }

    @Test func `both examples have the same devices, bins and rules`() throws {
        let real = try settings("config/rs-1.yaml")
        let simulated = try settings("config/rs-1-sim.yaml")
        #expect(real.intake == simulated.intake)
        #expect(real.hardware.devices.map(\.id) == simulated.hardware.devices.map(\.id))
        #expect(real.hardware.devices.map(\.driver) == simulated.hardware.devices.map(\.driver))
        #expect(real.intake.evidenceSources == Set(EvidenceSource.allCases))
    }

    @Test func `the example catalogue is valid and every type of it has a bin`() throws {
        let catalogue = try CatalogueReader.read(text: text("config/catalogue.yaml"), file: "catalogue.yaml")
        #expect(catalogue.types.count >= 12)
        let routes = try settings("config/rs-1.yaml").intake.routes
        for type in catalogue.types {
            let streams: [Vocabulary.Stream] = type.isReusable ? [.reuse, .recycling] : [.recycling]
            for stream in streams {
                #expect(
                    routes.contains { $0.stream == stream && $0.materials.contains(type.material) },
                    "\(type.id) has no route for \(stream.rawValue)")
            }
        }
    }
}
