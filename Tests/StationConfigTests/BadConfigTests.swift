import StationConfig
import StrictYAML
import Testing

/// One place of the valid text changed, and the sentence that an operator must read.
struct BadRow: Sendable, CustomTestStringConvertible {
    var place: String
    var replacement: String
    var sentence: String
    var testDescription: String { sentence }

    init(_ place: String, _ replacement: String, _ sentence: String) {
        self.place = place
        self.replacement = replacement
        self.sentence = sentence
    }
}

/// Keys and values taken alone.
private let valueRows = [
    BadRow("station: s-1\n", "", "s.yaml:1: station: this key is required and missing"),
    BadRow(
        "station: s-1", "station: a b",
        "s.yaml:1: station: expected a name of 1 to 64 characters of a-z A-Z 0-9 . _ -, found \"a b\""),
    BadRow(
        "station: s-1", "station:",
        "s.yaml:1: station: expected a name of 1 to 64 characters of a-z A-Z 0-9 . _ -, found nothing"),
    BadRow("catalogue: ", "catalog: ", "s.yaml:2: catalog: unknown key; did you mean \"catalogue\"?"),
    BadRow(
        "conveyor: {speed", "conveyor: {colour: red, speed", "s.yaml:9: conveyor.colour: unknown key; known here: speed"
    ),
    BadRow(
        "model: /models/m.json", "model: a\nmodel: b",
        "s.yaml:3: model: this key is given more than once; keep one of them"),
    BadRow(
        "    measuring: \"3 s\"", "    measurin: \"3 s\"",
        "s.yaml:49: intake.windows.measurin: unknown key; did you mean \"measuring\"?"),
    BadRow(
        "measuring: \"3 s\"", "measuring: \"0 ms\"",
        "s.yaml:49: intake.windows.measuring: 0 ms is below the least permitted value of 100 ms"),
    BadRow(
        "measuring: \"3 s\"", "measuring: \"2 min\"",
        "s.yaml:49: intake.windows.measuring: 2 min is above the greatest permitted value of 30 s"),
    BadRow(
        "measuring: \"3 s\"", "measuring: 3",
        "s.yaml:49: intake.windows.measuring: expected a duration such as \"300 ms\", found \"3\""),
    BadRow(
        "speed: \"50.00 Hz\"", "speed: \"0.50 Hz\"",
        "s.yaml:9: conveyor.speed: 0.50 Hz is below the least permitted value of 1 Hz"),
    BadRow(
        "speed: \"50.00 Hz\"", "speed: [50]",
        "s.yaml:9: conveyor.speed: expected a frequency such as \"50.00 Hz\", found a list"),
    BadRow(
        "position: left", "position: lefd", "s.yaml:41: bins[1].position: \"lefd\" is not known; did you mean \"left\"?"
    ),
    BadRow(
        "position: left", "position: up",
        "s.yaml:41: bins[1].position: \"up\" is not one of: home, left, right, both"),
    BadRow("unit: 11", "unit: 0", "s.yaml:37: devices[1].unit: 0 is below the least permitted value of 1"),
    BadRow("unit: 11", "unit: 248", "s.yaml:37: devices[1].unit: 248 is above the greatest permitted value of 247"),
    BadRow("unit: 11", "unit: \"11\"", "s.yaml:37: devices[1].unit: expected a whole number, found \"11\""),
    BadRow(
        "activeLow: true", "activeLow: yes",
        "s.yaml:13: gpio.inputs.entryBeam.activeLow: expected true or false, found \"yes\""),
    BadRow(
        "conveyor: {speed: \"50.00 Hz\"}", "conveyor: fast",
        "s.yaml:9: conveyor: expected a mapping of keys to values, found \"fast\""),
    BadRow(
        "  - {id: a, position: home, levelSensor: level-a}\n  - {id: b, position: left}", "  {}",
        "s.yaml:39: bins: expected a list, found a mapping"),
    BadRow(
        "station: s-1", "diskReserve: \"1 kB\"\nstation: s-1",
        "s.yaml:1: diskReserve: 1 kB is below the least permitted value of 1 MB"),
    BadRow(
        "station: s-1", "ledger: {retention: {age: \"23 h\"}}\nstation: s-1",
        "s.yaml:1: ledger.retention.age: 23 h is below the least permitted value of 1 d"),
    BadRow(
        "station: s-1", "ledger: {retention: {age: \"3651 d\"}}\nstation: s-1",
        "s.yaml:1: ledger.retention.age: 3651 d is above the greatest permitted value of 3650 d"),
    BadRow(
        "station: s-1", "ledger: {retention: {size: \"63 MB\"}}\nstation: s-1",
        "s.yaml:1: ledger.retention.size: 63 MB is below the least permitted value of 64 MB"),
    BadRow(
        "station: s-1", "ledger: {retention: {size: \"2 TB\"}}\nstation: s-1",
        "s.yaml:1: ledger.retention.size: expected a size such as \"64 MB\", found \"2 TB\""),
    BadRow(
        "station: s-1", "ledger: {retentoin: {}}\nstation: s-1",
        "s.yaml:1: ledger.retentoin: unknown key; did you mean \"retention\"?"),
    BadRow(
        "station: s-1", "logLevel: verbose\nstation: s-1",
        "s.yaml:1: logLevel: \"verbose\" is not one of: trace, debug, info, notice, warning, error, critical"),
    BadRow(
        "binFullLevel: \"90 %\"", "binFullLevel: \"101 %\"",
        "s.yaml:46: intake.binFullLevel: 101 % is above the greatest permitted value of 100 %"),
    BadRow(
        "station: s-1", "station: {s-1",
        "s.yaml:2: not valid YAML: while parsing a flow mapping, did not find expected ',' or '}'"),
]

/// Rules between values.
private let ruleRows = [
    BadRow(
        "gate: {line: 9}", "gate: {line: 1024}",
        "s.yaml:23: gpio.outputs.gate.line: 1024 is above the greatest permitted value of 1023"),
    BadRow(
        "gate: {line: 9}", "gate: {line: GPIO9}",
        "s.yaml:23: gpio.outputs.gate.line: the simulator's lines have offsets and no names, found \"GPIO9\""),
    BadRow(
        "gate: {line: 9}", "gate: {line: 9, drive: openDrian}",
        "s.yaml:23: gpio.outputs.gate.drive: \"openDrian\" is not known; did you mean \"openDrain\"?"),
    BadRow(
        "serviceKey: {line: 8}", "serviceKey: {line: 8, drive: openDrain}",
        "s.yaml:21: gpio.inputs.serviceKey.drive: unknown key; known here: debounce, activeLow, bias, line"),
    BadRow(
        "gate: {line: 9}", "gate: {line: 9, debounce: \"5 ms\"}",
        "s.yaml:23: gpio.outputs.gate.debounce: unknown key; known here: drive, activeLow, bias, line"),
    BadRow("    metal: {line: 3}\n", "", "s.yaml:12: gpio.inputs.metal: this key is required and missing"),
    BadRow("    heartbeat: {line: 17}\n", "", "s.yaml:22: gpio.outputs.heartbeat: this key is required and missing"),
    BadRow(
        "gate: {line: 9}", "gate: {line: 3}",
        "s.yaml:23: gpio.outputs.gate.line: line 3 is already used by gpio.inputs.metal.line"),
    BadRow(
        "socket: run/gpio.sock", "chip: /dev/gpiochip0\n  socket: run/gpio.sock",
        "s.yaml:10: gpio: expected exactly one of: chip, socket, found chip and socket"),
    BadRow(
        "rtu: {path: /dev/ttyUSB0}", "gap: \"5 ms\"",
        "s.yaml:33: buses[0]: expected exactly one of: rtu, tcp, found none of them"),
    BadRow(
        "{id: net, tcp", "{id: serial, tcp", "s.yaml:34: buses[1].id: \"serial\" is already the name of another bus"),
    BadRow(
        "tcp: {host: 127.0.0.1, port: 1502}", "rtu: {path: /dev/ttyUSB0, baud: 9600}",
        "s.yaml:34: buses[1]: /dev/ttyUSB0 is already the bus \"serial\"; put its devices there"),
    BadRow(
        "{id: level-a, bus: serial", "{id: level-a, bus: cereal",
        "s.yaml:37: devices[1].bus: there is no bus \"cereal\"; the buses are: serial, net"),
    BadRow(
        "unit: 11", "unit: 1", "s.yaml:37: devices[1].unit: unit 1 of bus \"serial\" is already the device \"scale\""),
    BadRow(
        "routes:\n", "routes:\n  - {stream: reuse, materials: [unknown], bin: a}\n",
        "s.yaml:43: routes[0].materials[0]: unknown stands for items that were not recognised; they are handed back"),
    BadRow(
        "  - {id: level-a", "  - {id: scale2, bus: net, unit: 9, driver: laumas-tlb4}\n  - {id: level-a",
        "s.yaml:37: devices[1].driver: \"scale\" is already the station's scale; there can be only one"),
    BadRow(
        "  - {id: level-a", "  - {id: drive2, bus: net, unit: 9, driver: delta-ms300}\n  - {id: level-a",
        "s.yaml:39: devices[3].driver: \"drive2\" is already the station's conveyor drive; there can be only one"),
    BadRow(
        "driver: elsner-so250}\n",
        "driver: elsner-so250}\n  - {id: level-a, bus: net, unit: 9, driver: elsner-so250}\n",
        "s.yaml:38: devices[2].id: \"level-a\" is already the name of another device"),
    BadRow(
        "driver: elsner-so250}\n",
        "driver: elsner-so250}\n  - {id: level-b, bus: net, unit: 9, driver: elsner-so250}\n",
        "s.yaml:40: bins: no bin names the level sensor \"level-b\""),
    BadRow(
        "{id: b, position: left}", "{id: a, position: left}",
        "s.yaml:41: bins[1].id: \"a\" is already the name of another bin"),
    BadRow(
        "position: left", "position: home",
        "s.yaml:41: bins[1].position: the diverter's position home already leads to the bin \"a\""),
    BadRow(
        "position: left", "position: left, levelSensor: nobody",
        "s.yaml:41: bins[1].levelSensor: there is no device \"nobody\""),
    BadRow(
        "position: left", "position: left, levelSensor: scale",
        "s.yaml:41: bins[1].levelSensor: the device \"scale\" is not a level sensor"),
    BadRow(
        "position: left", "position: left, levelSensor: level-a",
        "s.yaml:41: bins[1].levelSensor: \"level-a\" already watches the bin \"a\""),
    BadRow(
        "{id: b, position: left}", "{id: b, position: left}\n  - {id: c, position: right}",
        "s.yaml:42: bins[2].id: no route leads into the bin \"c\""),
    BadRow(
        "  - {stream: recycling, materials: [pp], bin: b}",
        "  - {stream: recycling, materials: [pp], bin: b}\n  - {stream: reuse, materials: [ps], bin: c}",
        "s.yaml:45: routes[2].bin: there is no bin \"c\"; the bins are: a, b"),
    BadRow(
        "{stream: recycling, materials: [pp], bin: b}", "{stream: reuse, materials: [ps, pp], bin: b}",
        "s.yaml:44: routes[1].materials: pp for reuse is already led into the bin \"a\" by routes[0]"),
    BadRow(
        "materials: [pp, pet]", "materials: []",
        "s.yaml:43: routes[0].materials: 0 entries is below the least permitted value of 1"),
    BadRow(
        "binFullLevel: \"90 %\"", "binFullLevel: \"90 %\"\n  binFreeLevel: \"90 %\"",
        "s.yaml:47: intake.binFreeLevel: 90 % is not below binFullLevel, which is 90 %"),
    BadRow(
        "requiredDevices: [drive]", "requiredDevices: [belt]",
        "s.yaml:47: intake.requiredDevices[0]: there is no device \"belt\"; the devices are: scale, level-a, drive"),
    BadRow(
        "requiredDevices: [drive]", "evidence: [scale, nirHead]",
        "s.yaml:47: intake.evidence: nirHead is to be awaited, but no device of that kind is configured"),
    BadRow(
        "  - {id: scale, bus: serial, unit: 1, driver: laumas-tlb4, period: \"1 s\"}\n", "",
        "s.yaml:44: intake.evidence: none of the devices gives evidence of an item; a scale, a tag reader or a "
            + "nir-head is needed"),
    BadRow(
        "https://cluster.example", "http://cluster.example",
        "s.yaml:7: cluster.url: \"http://cluster.example\" is not permitted: counts travel by https://, and by "
            + "http:// to this machine only"),
    BadRow(
        "https://cluster.example", "http://localhost.evil.example",
        "s.yaml:7: cluster.url: \"http://localhost.evil.example\" is not permitted: counts travel by https://, and by "
            + "http:// to this machine only"),
    BadRow(
        "authority: ca.pem", "clientCertificate: c.pem",
        "s.yaml:8: cluster.clientCertificate: clientCertificate is given without clientKey: a certificate needs its "
            + "key"),
    BadRow(
        "authority: ca.pem", "clientKey: c.pem",
        "s.yaml:8: cluster.clientKey: clientKey is given without clientCertificate: a certificate needs its key"),
    BadRow(
        "url: https://cluster.example\n  authority: ca.pem",
        "url: http://127.0.0.1\n  clientCertificate: c.pem\n  clientKey: k.pem",
        "s.yaml:8: cluster.clientCertificate: a certificate of the station is shown over https:// only, and url is "
            + "\"http://127.0.0.1\""),
    BadRow(
        "authority: ca.pem", "clientCertificat: c.pem",
        "s.yaml:8: cluster.clientCertificat: unknown key; did you mean \"clientCertificate\"?"),
    BadRow(
        "run/op.sock", "/" + String(repeating: "a", count: 107),
        "s.yaml:5: operatorSocket: a path of 108 bytes is longer than the 107 bytes that a Unix "
            + "socket's name may have"),
]

@Suite struct BadConfigTests {
    @Test(arguments: valueRows + ruleRows)
    func `a fault is told in one sentence`(row: BadRow) throws {
        let text = try #require(changed(row.place, to: row.replacement))
        let errors = #expect(throws: YAMLErrors.self) { try StationConfigReader.read(text: text, file: "s.yaml") }
        #expect(errors?.errors.map(\.description).contains(row.sentence) == true, "\(String(describing: errors))")
    }

    @Test func `the text that the rows change is valid itself`() throws {
        _ = try StationConfigReader.read(text: validText, file: "s.yaml")
    }

    @Test func `all faults of a file are told at once, in the order of its lines`() throws {
        let text =
            validText
            .replacing("station: s-1", with: "station: s 1")
            .replacing("unit: 11", with: "unit: 300")
            .replacing("measuring: \"3 s\"", with: "measuring: soon")
        let errors = #expect(throws: YAMLErrors.self) { try StationConfigReader.read(text: text, file: "s.yaml") }
        #expect(errors?.errors.map(\.line) == [1, 37, 49])
    }
}
