import FoundationEssentials
import TestSupport
import Testing

@testable import stationd

struct StationFilesTests {
    private let shipped = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../config")
        .standardized

    /// The shipped example with a level sensor that a map describes.
    private func makeFolder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in ["catalogue.yaml", "models", "register-maps"] {
            try FileManager.default.copyItem(
                atPath: shipped.appending(path: name).path, toPath: "\(folder.path)/\(name)")
        }
        let text = try String(contentsOf: shipped.appending(path: "rs-1.yaml"), encoding: .utf8).replacing(
            "unit: 11, driver: elsner-so250",
            with: "unit: 11, driver: register-map, map: register-maps/elsner-so250.yaml")
        try Data(text.utf8).write(to: URL(filePath: "\(folder.path)/rs-1.yaml"))
        return folder
    }

    @Test func `the digest that the ledger keeps tells a changed map`() throws {
        let folder = try makeFolder()
        let before = try StationFiles.read("\(folder.path)/rs-1.yaml")
        #expect(try StationFiles.read("\(folder.path)/rs-1.yaml").digest == before.digest)
        let map = URL(filePath: "\(folder.path)/register-maps/elsner-so250.yaml")
        let text = try String(contentsOf: map, encoding: .utf8)
        try Data(text.replacing("plausible: [0, 100]", with: "plausible: [0, 99]").utf8).write(to: map)
        #expect(try StationFiles.read("\(folder.path)/rs-1.yaml").digest != before.digest)
        try FileManager.default.removeItem(at: map)
        let failure = #expect(throws: StartFailure.self) { try StationFiles.read("\(folder.path)/rs-1.yaml") }
        #expect(failure?.sentences.first?.hasSuffix("cannot be read: No such file or directory") == true)
    }

    @Test func `a model that was not made for the configured head is refused at the start`() throws {
        let folder = try TemporaryFolder()
        for name in ["catalogue.yaml", "models"] {
            try FileManager.default.copyItem(
                atPath: shipped.appending(path: name).path, toPath: "\(folder.path)/\(name)")
        }
        let file = "\(folder.path)/rs-1l-sim.yaml"
        let text = try String(contentsOf: shipped.appending(path: "rs-1l-sim.yaml"), encoding: .utf8).replacing(
            "model: models/led-8.json", with: "model: models/spectrometer.json")
        try Data(text.utf8).write(to: URL(filePath: file))
        let failure = #expect(throws: StartFailure.self) { try StationFiles.read(file) }
        #expect(failure?.sentences.count == 1)
        #expect(
            failure?.sentences.first?.hasPrefix(
                "\(file): model: the device \"nir-head\" is an 8-LED head, and "
                    + "\(folder.path)/models/spectrometer.json was made for other bands. ") == true)
    }

    @Test func `without maps the digest is that of the configuration alone`() {
        // SHA-256 of "abc" (FIPS 180-4, example).
        #expect(
            StationFiles.digest(Data("abc".utf8), maps: [:])
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
