import Hardware
import Modbus
import OperatorAPI
import StationConfig
import StationPorts
import Testing
import Vocabulary

@testable import stationctl

@Suite struct BusTextTests {
    private let rtu = BusSettings(
        id: "rs485", transport: .rtu(path: "/dev/ttyUSB0", baud: 19200, parity: .even, stopBits: 1),
        responseTimeout: .milliseconds(200), gap: .zero)
    private let tcp = BusSettings(
        id: "nir", transport: .tcp(host: "192.0.2.10", port: 502), responseTimeout: .milliseconds(500), gap: .zero)

    private func device(_ id: DeviceID, _ unit: UInt8, _ driver: DriverName = .elsnerSO250) -> DeviceSettings {
        DeviceSettings(id: id, bus: "rs485", unit: unit, driver: driver, period: .seconds(1))
    }

    private func unit(_ unit: UInt8, _ presence: BusScan.Presence = .answers, _ devices: [String] = [])
        -> ScanReport.Unit
    {
        ScanReport.Unit(unit: unit, presence: presence, devices: devices)
    }

    private var busyReport: ScanReport {
        var scale = unit(1, .answers, ["scale"])
        scale.says = "TLB4 1.2"
        scale.looksLike = ["laumas-tlb4"]
        return ScanReport(
            BusTarget(settings: rtu, devices: [device("scale", 1), device("level-fibre", 13), device("far", 90)]),
            asked: Array(1...32),
            found: [scale, unit(2, .answersLate), unit(11, .answersTwice), unit(12, .badFrames)])
    }

    @Test func `a scan says who is there, who they are and what is odd`() {
        #expect(
            scanText([busyReport], on: rtu) == """
                4 of 32 units asked are there on /dev/ttyUSB0 at 19200 8E1:
                UNIT  STATE          CONFIGURED AS  IDENTITY
                   1  answers        scale          says "TLB4 1.2", looks like laumas-tlb4
                   2  late           -              -
                  11  answers twice  -              -
                  12  bad frames     -              -

                Unit 2 answers too late: give the bus or the device a longer response timeout.
                Unit 11 answers more than once: two devices have this unit id.
                Something answers for unit 12 with bad frames: two devices with one unit id, a wrong bit rate or parity, or noise.
                Configured, but silent: level-fibre (unit 13).
                """)
        #expect(!busyReport.isWell)
    }

    @Test func `a scan as JSON is one line for scripts`() throws {
        let report = ScanReport(
            BusTarget(settings: rtu, devices: [device("a", 3)]), asked: [1, 2, 3], found: [unit(2)])
        #expect(
            String(decoding: try OperatorJSON.encode([report]), as: UTF8.self) == """
                [{"asked":3,"isSerial":true,"place":"/dev/ttyUSB0 at 19200 8E1","silentDevices":["a (unit 3)"],\
                "units":[{"devices":[],"looksLike":[],"presence":"answers","unit":2}]}]
                """)
    }

    @Test func `a bus without anybody, and a device that answers for everybody, are called so`() {
        let silent = ScanReport(BusTarget(settings: rtu), asked: [1, 2], found: [])
        #expect(
            scanText([silent], on: rtu) == """
                Nobody answers on /dev/ttyUSB0 at 19200 8E1. Check the supply of the devices and the wires: A and B are \
                often exchanged. Try other bit rates with --all-rates.
                """)
        #expect(
            scanText([silent, silent], on: rtu) == """
                Nobody answers on any of 2 formats. Check the supply of the devices and the wires: A and B are often \
                exchanged.
                """)
        let all = ScanReport(BusTarget(settings: tcp), asked: [1, 2], found: [unit(1), unit(2)])
        #expect(
            scanText([silent, all], on: tcp) == """
                2 of 2 units asked are there on 192.0.2.10:502:
                UNIT  STATE    CONFIGURED AS  IDENTITY
                   1  answers  -              -
                   2  answers  -              -

                Every unit id is answered: this is one device that does not look at the unit id.
                """)
    }

    struct SentenceRow: Sendable, CustomTestStringConvertible {
        var failure: ExchangeFailure
        var table = TableName.holding
        var address = 0
        var sentence: String
        var testDescription: String { sentence }
    }

    @Test(arguments: [
        SentenceRow(
            failure: .timeout,
            sentence: "Unit 1 (scale) does not answer within 200 ms. Check its supply, its unit id, bit rate and "
                + "parity, and the wires: A and B are often exchanged."),
        SentenceRow(
            failure: .badFrame,
            sentence: "Something answers for unit 1 (scale) with bad frames: two devices with one unit id, a wrong "
                + "bit rate or parity, or noise."),
        SentenceRow(
            failure: .exception(1), table: .input,
            sentence: "Unit 1 (scale) refuses: illegal function (1). It has no input registers: try `holding`."),
        SentenceRow(
            failure: .exception(2), address: 40_007,
            sentence: "Unit 1 (scale) refuses: illegal data address (2). Addresses count from 0: if a manual calls it "
                + "40007, give 6. The values may also be among the input registers (`input`), or it gives fewer at "
                + "once."),
        SentenceRow(
            failure: .exception(2), table: .input, address: 3,
            sentence: "Unit 1 (scale) refuses: illegal data address (2). Addresses count from 0: the first one of a "
                + "manual that counts from 1, or from 30001, is 0. The values may also be among the holding registers "
                + "(`holding`), or it gives fewer at once."),
        SentenceRow(failure: .exception(4), sentence: "Unit 1 (scale) refuses: device failure (4)."),
        SentenceRow(
            failure: .disconnected(PortError(.busy, "-")),
            sentence: "Another program holds /dev/ttyUSB0; stop it first with `systemctl stop return-station`."),
        SentenceRow(
            failure: .disconnected(PortError(.noPermission, "-")),
            sentence: "You may not use /dev/ttyUSB0: join the group it belongs to (as a rule `sudo usermod -aG dialout "
                + "$USER`) and log in again, or use sudo."),
    ])
    func `a failure is a sentence that says what to look at`(row: SentenceRow) throws {
        let query = try RegisterQuery(row.table, address: row.address, count: 1, type: nil, order: .standard)
        let label = BusTarget(settings: rtu, devices: [device("scale", 1)]).label(1)
        #expect(failureSentence(row.failure, label, on: rtu, asked: query) == row.sentence)
    }

    @Test func `the probe is a table for each bus, with what to do below it`() {
        func report(_ device: DeviceSettings, _ finding: PollFinding, twice: Bool = false) -> BusProbe.DeviceReport {
            var report = BusProbe.DeviceReport(device: device, finding: finding)
            report.answersTwice = twice
            return report
        }
        func gross(_ grams: Double) -> [PointSample] {
            [PointSample("gross", unit: "g", .good(.number(grams), at: .zero))]
        }
        let scale = device("scale", 1, .laumasTLB4)
        let level = PointSample("level", unit: "%", .good(.number(40), at: .zero))
        let wires = BusProbe.BusReport(
            bus: rtu, state: .works,
            devices: [
                report(scale, .implausible(gross(2_300_313.6), withWordsSwapped: gross(35.1))),
                report(device("level-a", 11), .plausible([level])),
                report(device("level-b", 12), .noAnswer(.badFrame)),
                report(device("level-c", 13), .noAnswer(.timeout)),
                report(device("level-d", 14), .plausible([level]), twice: true),
                report(device("drive", 15, .deltaMS300), .noAnswer(.exception(2))),
            ])
        let head = BusProbe.BusReport(
            bus: tcp, state: .cannotBeOpened(PortError(.timeout, "Connecting failed.")), devices: [])
        let summary = ProbeSummary(file: "s.yaml", lines: .simulated(socket: "run/gpio.sock"), [wires, head])
        #expect(
            probeText(summary) == """
                lines: run/gpio.sock
                  The lines are the simulator's, on a socket: there is no chip to look at.

                bus rs485: /dev/ttyUSB0 at 19200 8E1
                  UNIT  DEVICE   DRIVER        RESULT   WHAT IT SAYS
                     1  scale    laumas-tlb4   PROBLEM  gross 2300313.5 g
                    11  level-a  elsner-so250  ok       level 40 %
                    12  level-b  elsner-so250  PROBLEM  bad frames
                    13  level-c  elsner-so250  PROBLEM  no answer
                    14  level-d  elsner-so250  PROBLEM  level 40 %
                    15  drive    delta-ms300   PROBLEM  refuses: illegal data address (2)
                  scale: Its values make sense with the words of 32-bit values in the other order (gross 35.1 g): \
                change the word order at the device, high word first.
                  level-b: Others on the bus are well, this one has bad frames: two devices have unit id 12, or its own wires are bad.
                  level-c: Unit 13 does not answer within 200 ms. Check its supply, its unit id, bit rate and \
                parity, and the wires: A and B are often exchanged.
                  level-d: It answers more than once: two devices have unit id 14.
                  drive: It answers, and has not the registers of its driver delta-ms300: another device, or another unit id.

                bus nir: 192.0.2.10:502
                  Connecting failed.

                5 devices have problems, 1 bus cannot be reached.
                """)
        #expect(!summary.isWell)
    }

    @Test func `a wrong bit rate is said once, for the bus`() throws {
        let report = BusProbe.BusReport(
            bus: rtu, state: .answersWith(.init(baud: 9600, parity: .none, stopBits: 1), unit: 11),
            devices: [BusProbe.DeviceReport(device: device("level-a", 11), finding: .noAnswer(.timeout))])
        let summary = ProbeSummary(
            file: "s.yaml", lines: .cannotBeOpened(chip: "/dev/gpiochip9", PortError(.notFound, "No chip.")), [report])
        #expect(
            String(decoding: try OperatorJSON.encode(summary), as: UTF8.self) == """
                {"buses":[{"advice":"Nobody answers as configured, but unit 11 answers at 9600 8N1: set the bus or the \
                devices so.","bus":"rs485","devices":[{"device":"level-a","driver":"elsner-so250","finding":"no answer",\
                "isWell":false,"unit":11}],"isWell":false,"place":"/dev/ttyUSB0 at 19200 8E1"}],"file":"s.yaml",\
                "isWell":false,"lines":{"isWell":false,"lines":[],"place":"/dev/gpiochip9","remark":"No chip."}}
                """)
        #expect(probeText(summary).hasSuffix("the lines cannot be reached, 1 device has a problem."))
    }

    @Test func `the lines are a table with what to do below it`() throws {
        func line(
            _ name: String, _ offset: UInt32?, _ finding: LineProbe.Finding, isInput: Bool = true, chipName: String = ""
        ) -> LineProbe.LineReport {
            .init(line: name, isInput: isInput, offset: offset, name: chipName, finding: finding)
        }
        let report = LineProbe.Report.looked(
            chip: "/dev/gpiochip0",
            [
                line("entryBeam", 4, .read(isActive: false), chipName: "GPIO4"),
                line("doorClosed", 5, .read(isActive: true)), line("exitBeam", 6, .driven),
                line("dropBeam", nil, .failed(PortError(.notFound, "It is not there."))),
                line("gate", 17, .taken(by: "spi0 CS1"), isInput: false), line("buzzer", 18, .ours, isInput: false),
                line("lampRed", 19, .free, isInput: false), line("lampGreen", 20, .taken(by: ""), isInput: false),
            ])
        let summary = ProbeSummary(file: "s.yaml", lines: report, [])
        #expect(
            probeText(summary) == """
                lines: /dev/gpiochip0
                  OFFSET  LINE        NAME   RESULT   HOW IT IS
                       4  entryBeam   GPIO4  ok       not active
                       5  doorClosed  -      ok       active
                       6  exitBeam    -      ok       free, and driven as an output: not read
                       -  dropBeam    -      PROBLEM  not there
                      17  gate        -      PROBLEM  in use by "spi0 CS1"
                      18  buzzer      -      ok       in use by the daemon
                      19  lampRed     -      ok       free
                      20  lampGreen   -      PROBLEM  in use by somebody without a name
                  dropBeam: It is not there.
                  gate: Line 17 of /dev/gpiochip0 belongs to "spi0 CS1", so the daemon cannot have it. Stop that \
                program, or the kernel's driver, or correct the line.
                  lampGreen: Line 20 of /dev/gpiochip0 belongs to another user, so the daemon cannot have it. Stop \
                that program, or the kernel's driver, or correct the line.

                3 lines have problems.
                """)
        let json = String(decoding: try OperatorJSON.encode(summary.lines.lines[0]), as: UTF8.self)
        #expect(
            json == """
                {"direction":"input","finding":"not active","isWell":true,"line":"entryBeam","name":"GPIO4","offset":4}
                """)
    }
}
