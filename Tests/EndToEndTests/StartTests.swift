import Foundation
import TestSupport
import Testing

/// One place of the configuration changed, and the sentence that follows; DIR stands for the file's folder.
struct BadConfiguration: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var place: String
    var replacement: String
    var sentence: String
}

/// How the daemon starts, or why it does not.
extension EndToEndTests {
    static let badConfigurations = [
        BadConfiguration(
            testDescription: "unknown key", place: "gap: \"5 ms\"", replacement: "gapp: \"5 ms\"",
            sentence: "station.yaml:48: buses[0].gapp: unknown key; did you mean \"gap\"?"),
        BadConfiguration(
            testDescription: "wrong type", place: "unit: 12,", replacement: "unit: \"12\",",
            sentence: "station.yaml:58: devices[3].unit: expected a whole number, found \"12\""),
        BadConfiguration(
            testDescription: "out of bounds", place: "measuring: \"3 s\"", replacement: "measuring: \"0 ms\"",
            sentence: "station.yaml:95: intake.windows.measuring: 0 ms is below the least permitted value of 100 ms"),
        BadConfiguration(
            testDescription: "two devices on one unit", place: "unit: 12,", replacement: "unit: 11,",
            sentence: "station.yaml:58: devices[3].unit: unit 11 of bus \"rs485\" is already the device \"level-reuse\""
        ),
        BadConfiguration(
            testDescription: "a bin without a route", place: "materials: [fibre], bin: fibre",
            replacement: "materials: [fibre], bin: plastic",
            sentence: "station.yaml:68: bins[2].id: no route leads into the bin \"fibre\""),
    ]

    @Test(arguments: badConfigurations) func `a bad configuration ends the start with one sentence`(
        bad: BadConfiguration
    ) async throws {
        try await withSite { site in
            try site.change(bad.place, to: bad.replacement)
            let station = try site.launchStation()
            #expect(try await station.ended() == .exited(78))
            #expect(station.lines.count == 1)
            #expect(station.lines.first?.hasSuffix(" [stationd] \(bad.sentence)") == true, "\(station.lines)")
            let check = try await site.stationctl("config", "check", Site.configuration)
            #expect(check == CommandResult(code: 78, output: "", complaint: bad.sentence + "\n"))
        }
    }

    @Test func `the shipped configuration passes the check`() async throws {
        try await withSite { site in
            let check = try await site.stationctl("config", "check", Site.configuration)
            #expect(check.code == 0)
            #expect(check.output.hasPrefix("station.yaml is valid.\n"), "\(check)")
            #expect(check.complaint == "")
        }
    }

    @Test func `with every device and line missing the daemon starts, says so, and stops in order (evcc 366)`()
        async throws
    {
        try await withSite { site in
            let supervisor = try NotifySocket(folder: site.folder)
            let station = try await site.startStation(environment: ["NOTIFY_SOCKET": supervisor.path])
            #expect(try await supervisor.message(beginning: "READY=1") == "READY=1\nSTATUS=mode starting")
            let devices = [
                "drive", "level-fibre", "level-metal-glass", "level-plastic", "level-reuse", "nir-head", "scale",
                "tag-reader",
            ]
            let status = try await site.status { $0.devices.allSatisfy { $0.failure != nil } }
            #expect(status.lostDevices == devices)
            #expect(Set(status.devices.compactMap(\.failure)) == ["notConnected"])
            #expect(status.mode == "starting")
            let faults = try await site.stationctl("faults", "--socket", "run/operator.sock")
            #expect(faults.output.contains("A digital line cannot be used: run/gpio.sock (lineFailed)"), "\(faults)")
            #expect(faults.output.components(separatedBy: "(lineFailed)").count == 2, "\(faults)")
            let clear = try await site.stationctl("clear", "--socket", "run/operator.sock")
            #expect(clear.code == 1)
            #expect(
                clear.output == """
                    Refused: The inputs are not known yet: `stationctl faults` says what keeps them from being read.

                    """)
            station.send(SIGTERM)
            #expect(try await supervisor.message(beginning: "STOPPING") == "STOPPING=1")
            #expect(try await station.ended() == .exited(0))
        }
    }

    @Test func `one dead device is named, and the others work`() async throws {
        try await withSite { site in
            _ = try await site.startSimulator(
                """
                seed: 1
                typicalItems: true
                items:
                  - {type: can-aluminium-330}
                faults:
                  - {at: "0 ms", fault: device, device: scale, condition: silent}
                """)
            let supervisor = try NotifySocket(folder: site.folder)
            let station = try await site.startStation(environment: ["NOTIFY_SOCKET": supervisor.path])
            #expect(try await supervisor.message(beginning: "READY=1").hasPrefix("READY=1\nSTATUS=mode "))
            let status = try await site.status { status in
                status.lostDevices == ["scale"] && status.devices.contains { $0.failure == "timeout" }
            }
            #expect(["idle", "executing"].contains(status.mode))
            let faults = try await site.stationctl("faults", "--socket", "run/operator.sock")
            #expect(
                faults
                    == CommandResult(
                        code: 1,
                        output: """
                            DEGRADED  Device does not answer: scale (deviceLost)
                              technician: Check the device's supply and its bus cable.

                            """,
                        complaint: ""))
            station.send(SIGTERM)
            #expect(try await station.ended() == .exited(0))
        }
    }
}
