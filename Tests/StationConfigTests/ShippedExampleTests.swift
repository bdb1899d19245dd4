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
                "catalogue.yaml", "rs-1-alternates-sim.yaml", "rs-1-sim.yaml", "rs-1.yaml", "rs-1l-sim.yaml",
                "rs-1l.yaml",
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

    @Test(arguments: ["rs-1", "rs-1l"])
    func `the example for real hardware is valid`(name: String) throws {
        let settings = try settings("config/\(name).yaml")
        #expect(settings.hardware.lines.backend == .chip(path: "/dev/gpiochip0"))
        #expect(settings.operatorSocket == "/run/return-station/operator.sock")
        #expect(settings.catalogueFile == "config/catalogue.yaml")
        #expect(settings.hardware.lines.outputs.values.allSatisfy { !$0.isActiveLow })
    }

    @Test(arguments: ["rs-1", "rs-1-sim", "rs-1-alternates-sim", "rs-1l", "rs-1l-sim"])
    func `the examples keep readings as long as a file that says nothing`(name: String) throws {
        let path = "config/\(name).yaml"
        #expect(try text(path).contains("  retention: {age: \"90 d\", size: \"2 GB\"}"))
        #expect(try settings(path).retention == RetentionSettings())
    }

    @Test(arguments: ["rs-1-sim", "rs-1l-sim"])
    func `the example for the simulator has the simulator's lines`(name: String) throws {
        let lines = try settings("config/\(name).yaml").hardware.lines
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

    @Test(arguments: ["rs-1", "rs-1l"])
    func `both examples of a station have the same devices, bins and rules`(name: String) throws {
        let real = try settings("config/\(name).yaml")
        let simulated = try settings("config/\(name)-sim.yaml")
        #expect(real.intake == simulated.intake)
        #expect(real.hardware.devices.map(\.id) == simulated.hardware.devices.map(\.id))
        #expect(real.hardware.devices.map(\.driver) == simulated.hardware.devices.map(\.driver))
        #expect(real.intake.evidenceSources == Set(EvidenceSource.allCases))
    }

    @Test func `RS-1L is RS-1 with the 8-LED head on the RTU bus and its model`() throws {
        let large = try settings("config/rs-1-sim.yaml")
        var small = try settings("config/rs-1l-sim.yaml")
        let head = try #require(small.hardware.devices.first { $0.id == "nir-head" })
        #expect(head.driver == .builtIn(.nirHeadLED8) && head.bus == "rs485" && head.unit == 4)
        #expect(small.intake.nirHead == .led8 && large.intake.nirHead == .spectrometer)
        #expect(small.modelFile == "config/models/led-8.json")
        small.intake.nirHead = .spectrometer
        #expect(small.intake == large.intake)
        #expect(small.hardware.lines == large.hardware.lines && small.hardware.buses == large.hardware.buses)
        #expect(
            small.hardware.devices.filter { $0.id != "nir-head" }
                == large.hardware.devices.filter { $0.id != "nir-head" })
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
