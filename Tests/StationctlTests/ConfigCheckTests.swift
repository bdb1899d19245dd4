import FoundationEssentials
import TestSupport
import Testing

@testable import stationctl

@Suite struct ConfigCheckTests {
    private let shipped = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "config")

    /// The shipped examples in a fresh folder, with a model file that is there.
    private func withExamples(_ body: (String) throws -> Void) throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        try FileManager.default.createDirectory(atPath: "\(path)/models", withIntermediateDirectories: false)
        for name in ["rs-1.yaml", "catalogue.yaml"] {
            try Data(contentsOf: shipped.appending(path: name)).write(to: URL(filePath: "\(path)/\(name)"))
        }
        try Data("{}".utf8).write(to: URL(filePath: "\(path)/models/spectrometer.json"))
        try withExtendedLifetime(folder) { try body(path) }
    }

    @Test func `a valid configuration is summed up`() throws {
        try withExamples { folder in
            let check = ConfigCheck(file: "\(folder)/rs-1.yaml")
            #expect(check.problems == [])
            let report = try #require(check.report)
            #expect(
                configText(report).replacing(folder, with: "DIR") == """
                    DIR/rs-1.yaml is valid.
                      station    rs-1
                      lines      9 inputs, 9 outputs on /dev/gpiochip0
                      bus rs485  /dev/ttyUSB0 at 19200 8N1, 6 devices
                      bus nir    192.0.2.10:502, 1 device
                      bus drive  192.0.2.11:502, 1 device
                      bins       reuse (home), plastic (left), fibre (right), metal-glass (both)
                      catalogue  DIR/catalogue.yaml, version 2026-11, 13 packaging types
                      model      DIR/models/spectrometer.json
                      cluster    https://cluster.example
                    """)
        }
    }

    @Test func `faults of the file, the catalogue and the model are found together`() throws {
        try withExamples { folder in
            try FileManager.default.removeItem(atPath: "\(folder)/models/spectrometer.json")
            try Data("version: \"1\"\n".utf8).write(to: URL(filePath: "\(folder)/catalogue.yaml"))
            let check = ConfigCheck(file: "\(folder)/rs-1.yaml")
            #expect(check.report == nil)
            #expect(
                check.problems == [
                    "\(folder)/catalogue.yaml:1: types: this key is required and missing",
                    "\(folder)/rs-1.yaml: model: the file \(folder)/models/spectrometer.json cannot be read: "
                        + "No such file or directory",
                ])
        }
    }

    @Test func `a register map is read with the configuration, and its faults are told in its own lines`() throws {
        try withExamples { folder in
            let path = "\(folder)/rs-1.yaml"
            let text = try String(contentsOf: URL(filePath: path), encoding: .utf8).replacing(
                "unit: 11, driver: elsner-so250", with: "unit: 11, driver: register-map, map: level.yaml")
            try Data(text.utf8).write(to: URL(filePath: path))
            #expect(
                ConfigCheck(file: path).problems.first?.hasSuffix(
                    "devices[2].map: the file \(folder)/level.yaml cannot be read: No such file or directory") == true)
            let map = try String(
                contentsOf: shipped.appending(path: "register-maps/elsner-so250.yaml"), encoding: .utf8)
            try Data(map.utf8).write(to: URL(filePath: "\(folder)/level.yaml"))
            #expect(ConfigCheck(file: path).problems == [])
            try Data(map.replacing("binLevel", with: "binlevel").utf8).write(to: URL(filePath: "\(folder)/level.yaml"))
            #expect(
                ConfigCheck(file: path).problems.first?.hasPrefix(
                    "\(folder)/level.yaml:4: role: expected exactly one of: scale, tagReader, binLevel") == true)
        }
    }

    @Test func `a file that is not there is a problem, not a crash`() {
        let check = ConfigCheck(file: "/nonexistent/s.yaml")
        #expect(check.problems == ["/nonexistent/s.yaml: the file cannot be read: No such file or directory"])
        #expect(!check.summary.isValid)
    }

    @Test func `a file that is no text is a problem`() throws {
        try withExamples { folder in
            try Data([0x73, 0xff, 0xfe]).write(to: URL(filePath: "\(folder)/rs-1.yaml"))
            let check = ConfigCheck(file: "\(folder)/rs-1.yaml")
            #expect(check.problems == ["\(folder)/rs-1.yaml: the file cannot be read: it is not UTF-8 text"])
        }
    }
}
