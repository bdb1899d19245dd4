import StationConfig
import Testing
import Vocabulary

@Suite struct ReadingTests {
    @Test func `every value of the file arrives in the settings`() throws {
        let settings = try StationConfigReader.read(text: validText, file: "etc/s.yaml")
        #expect(settings.station == "s-1")
        #expect(settings.stateDirectory == "run/state")
        #expect(settings.operatorSocket == "run/op.sock")
        #expect(settings.conveyorSpeedCentihertz == 5000)
        let cluster = ClusterSettings(
            url: "https://cluster.example", authorityFile: "etc/ca.pem", period: .seconds(60))
        #expect(settings.cluster == cluster)
        #expect(
            settings.hardware.buses == [
                BusSettings(
                    id: "serial",
                    transport: .rtu(path: "/dev/ttyUSB0", baud: 19_200, parity: .none, stopBits: 1),
                    responseTimeout: .milliseconds(500), gap: .milliseconds(5)),
                BusSettings(
                    id: "net", transport: .tcp(host: "127.0.0.1", port: 1502), responseTimeout: .seconds(1),
                    gap: .microseconds(1500)),
            ])
        let drive = DeviceSettings(id: "drive", bus: "net", unit: 2, driver: .deltaMS300, period: .seconds(1))
        #expect(settings.hardware.devices.last == drive)
        #expect(settings.hardware.devices.count == 3)
    }

    @Test func `readings are kept for 90 days and 2 GB, or as the file says`() throws {
        let usual = try StationConfigReader.read(text: validText, file: "s.yaml").retention
        #expect(usual == RetentionSettings())
        #expect(usual.age == .seconds(90 * 86_400) && usual.sizeBytes == 2_000_000_000 && !usual.withoutCluster)
        let text =
            "ledger: {retention: {age: \"400 d\", size: \"500 MB\", withoutCluster: true}}\n" + validText
        let chosen = try StationConfigReader.read(text: text, file: "s.yaml").retention
        #expect(chosen.age == .seconds(400 * 86_400) && chosen.sizeBytes == 500_000_000 && chosen.withoutCluster)
        let empty = try StationConfigReader.read(text: "ledger: {}\n" + validText, file: "s.yaml").retention
        #expect(empty == usual)
    }

    @Test func `lines take their place, polarity, bias and debounce from the file`() throws {
        let lines = try StationConfigReader.read(text: validText, file: "s.yaml").hardware.lines
        #expect(lines.backend == .socket(path: "run/gpio.sock"))
        let beam = LineAssignment(offset: 0, isActiveLow: true, bias: .pullUp, debounce: .milliseconds(2))
        #expect(lines.inputs[.entryBeam] == beam)
        #expect(lines.inputs[.serviceKey] == LineAssignment(offset: 8))
        #expect(lines.outputs[.heartbeat] == LineAssignment(offset: 17))
        #expect(lines.inputs.count == InputLine.allCases.count)
        #expect(lines.outputs.count == OutputLine.allCases.count)
    }

    @Test func `a line of a chip may be named, and an output driven and biased as its wiring needs`() throws {
        var text = validText
        for (place, replacement) in [
            ("socket: run/gpio.sock", "chip: /dev/gpiochip0"), ("exitBeam: {line: 1}", "exitBeam: {line: GPIO17}"),
            ("dropBeam: {line: 2}", "dropBeam: {line: \"2\"}"),
            ("gate: {line: 9}", "gate: {line: 9, activeLow: true, bias: pullUp, drive: openDrain}"),
        ] {
            text = text.split(separator: place, omittingEmptySubsequences: false).joined(separator: replacement)
        }
        let lines = try StationConfigReader.read(text: text, file: "s.yaml").hardware.lines
        #expect(lines.backend == .chip(path: "/dev/gpiochip0"))
        #expect(lines.inputs[.exitBeam] == LineAssignment(.name("GPIO17")))
        #expect(lines.inputs[.dropBeam] == LineAssignment(.name("2")))
        let gate = LineAssignment(.offset(9), isActiveLow: true, bias: .pullUp, drive: .openDrain)
        #expect(lines.outputs[.gate] == gate)
    }

    @Test func `intake is read with the defaults of everything left out`() throws {
        let intake = try StationConfigReader.read(text: validText, file: "s.yaml").intake
        var expected = IntakeSettings(
            bins: [
                BinSettings(id: "a", position: .home, levelSensor: "level-a"), BinSettings(id: "b", position: .left),
            ],
            routes: [
                Route(stream: .reuse, materials: [.pp, .pet], bin: "a"),
                Route(stream: .recycling, materials: [.pp], bin: "b"),
            ])
        // Awaited by default: whatever there is a device for.
        expected.evidenceSources = [.scale]
        expected.requiredDevices = ["drive"]
        #expect(intake == expected)
    }

    @Test func `each window is read from its own key`() throws {
        let keys = [
            "entering", "settling", "measuring", "storing", "diverting", "transit", "beamClear", "drop", "guarding",
            "handBack", "taking", "clearing", "draining",
        ]
        // Different values within every window's bounds.
        let lines = keys.enumerated().map { "    \($1): \"\(1500 + $0) ms\"" }.joined(separator: "\n")
        let text = try #require(changed("    measuring: \"3 s\"", to: lines))
        let windows = try StationConfigReader.read(text: text, file: "s.yaml").intake.windows
        let read = [
            windows.entering, windows.settling, windows.measuring, windows.storing, windows.diverting,
            windows.transit, windows.beamClear, windows.drop, windows.guarding, windows.handBack, windows.taking,
            windows.clearing, windows.draining,
        ]
        #expect(read == keys.indices.map { .milliseconds(1500 + $0) })
    }

    struct PathRow: Sendable, CustomTestStringConvertible {
        var file: String
        var catalogue: String
        var testDescription: String { file }
    }

    @Test(arguments: [
        PathRow(file: "rs-1.yaml", catalogue: "catalogue.yaml"),
        PathRow(file: "config/rs-1.yaml", catalogue: "config/catalogue.yaml"),
        PathRow(file: "/etc/return-station/rs-1.yaml", catalogue: "/etc/return-station/catalogue.yaml"),
    ])
    func `the catalogue is looked for beside the file`(row: PathRow) throws {
        let settings = try StationConfigReader.read(text: validText, file: row.file)
        #expect(settings.catalogueFile == row.catalogue)
        #expect(settings.modelFile == "/models/m.json", "an absolute path stays as it is")
    }

    @Test(arguments: ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:8080/", "https://c.example:8443"])
    func `a cluster is reached by TLS or on this machine`(url: String) throws {
        let text = try #require(changed("url: https://cluster.example", to: "url: \(url)"))
        #expect(try StationConfigReader.read(text: text, file: "s.yaml").cluster?.url == url)
    }

    @Test func `a certificate of the station lies beside the configuration, or where its path says`() throws {
        let text = try #require(
            changed("authority: ca.pem", to: "clientCertificate: c.pem\n  clientKey: /run/credentials/k.pem"))
        let settings = try StationConfigReader.read(text: text, file: "etc/s.yaml")
        #expect(
            settings.cluster?.client
                == ClientCertificateFiles(certificate: "etc/c.pem", key: "/run/credentials/k.pem"))
        #expect(settings.cluster?.authorityFile == nil)
    }

    @Test func `without a cluster section counts stay here`() throws {
        let text = try #require(
            changed("cluster:\n  url: https://cluster.example\n  authority: ca.pem\n", to: ""))
        #expect(try StationConfigReader.read(text: text, file: "s.yaml").cluster == nil)
    }
}
