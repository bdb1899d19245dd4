import Modbus
import StationConfig
import StrictYAML
import Testing

/// A small map without faults, which the tables of bad rows change in one place.
private let validMap = """
    device: Meter
    role: {scale: mass}
    readLimit: 32
    readable:
      - {register: 40001, count: 8}
    measure: {interval: "30 ms", timeout: "1 s", attempts: 5}
    points:
      - name: mass
        table: holding
        address: 0
        type: int32
        order: CDAB
        unit: kg
        scale: 0.5
        offset: -1.25
        decimalsFrom: [places]
        plausible: [-0.5, 100]
        failedWhen: [{point: errors, differs: 0}]
        goodWhen: [{point: status, bitSet: 3, failure: unstable}]
        latch: {point: fresh, unset: unstable}
      - {name: places, register: 40003, type: bits, bits: [0, 3], codes: [0, 1, 3]}
      - {name: errors, register: 40004, type: uint16}
      - {name: status, register: 40005, type: uint16}
      - {name: fresh, register: 3}
      - {name: maker, register: 30001, type: ascii, registers: 4}
      - {name: count, table: input, address: 4, type: uint64, order: ABCD, noneValue: 18446744073709551615}

    """

struct MapRow: Sendable, CustomTestStringConvertible {
    var place: String
    var replacement: String
    var sentence: String
    var testDescription: String { sentence }

    init(_ place: String, _ replacement: String, _ sentence: String) {
        self.place = place
        self.replacement = replacement
        self.sentence = sentence
    }

    static let all = [
        MapRow("device: Meter\n", "", "m.yaml:1: device: this key is required and missing"),
        MapRow(
            "readLimit: 32", "readLimit: 126", "m.yaml:3: readLimit: 126 is above the greatest permitted value of 125"),
        MapRow(
            "    scale: 0.5", "    skale: 0.5",
            "m.yaml:14: points[0].skale: unknown key; did you mean \"scale\"?"),
        MapRow("scale: 0.5", "scale: 0", "m.yaml:14: points[0].scale: 0 would make 0 of every reading"),
        MapRow(
            "scale: 0.5", "scale: 5e-1",
            "m.yaml:14: points[0].scale: expected a decimal number such as 0.1, with at most 18 digits, 9 of them after the point, found \"5e-1\""
        ),
        MapRow(
            "    order: CDAB\n", "", "m.yaml:8: points[0].order: this key is required and missing"),
        MapRow(
            "order: CDAB", "order: CDBA", "m.yaml:12: points[0].order: \"CDBA\" is not one of: ABCD, CDAB, BADC, DCBA"),
        MapRow(
            "    address: 0\n", "    address: 0\n    register: 40001\n",
            "m.yaml:8: points[0]: expected exactly one of: address, register, found address and register"),
        MapRow("    table: holding\n", "", "m.yaml:8: points[0].table: this key is required and missing"),
        MapRow(
            "register: 40003", "register: 50003",
            "m.yaml:21: points[1].register: 50003 is no register: coils are 1 to 9999, discrete inputs 10001 to 19999, input registers 30001 to 39999, "
                + "holding registers 40001 to 49999; others are given by table and address"
        ),
        MapRow(
            "register: 40003", "table: input, register: 40003",
            "m.yaml:21: points[1].table: input contradicts register 40003, which is holding"),
        MapRow(
            "[places]", "[placs]",
            "m.yaml:16: points[0].decimalsFrom: there is no point \"placs\"; the points are: mass, places, errors, status, fresh, maker, count"
        ),
        MapRow(
            "[places]", "[maker]",
            "m.yaml:16: points[0].decimalsFrom: \"maker\" must be another point with a whole number, without scale, offset and decimalsFrom of its own"
        ),
        MapRow(
            "bitSet: 3", "bitSet: 16",
            "m.yaml:19: points[0].goodWhen[0]: bit 16 of \"status\" does not exist; it has the bits 0 to 15"),
        MapRow(
            "differs: 0", "differs: 0, equals: 1",
            "m.yaml:18: points[0].failedWhen[0]: expected exactly one of: equals, differs, bitSet, bitClear, found equals and differs"
        ),
        MapRow(
            "point: fresh", "point: errors",
            "m.yaml:20: points[0].latch: \"errors\" cannot be cleared: the flag must be a coil or one bit of a holding register"
        ),
        MapRow("unit: kg", "unit: lb", "m.yaml:2: role.scale: \"mass\" is a mass and needs the unit mg, g or kg"),
        MapRow(
            "unset: unstable", "unset: none",
            "m.yaml:2: role.scale: \"mass\" must always be a number; noneValue and a latch with unset: none say there is none"
        ),
        MapRow(
            "{scale: mass}", "{tagReader: mass}",
            "m.yaml:2: role.tagReader: \"mass\" is a tag's number and must be a whole number without scale, offset, decimalsFrom and codes"
        ),
        MapRow(
            "{scale: mass}", "{scale: weight}",
            "m.yaml:2: role.scale: there is no point \"weight\"; the points are: mass, places, errors, status, fresh, maker, count"
        ),
        MapRow(
            "name: errors", "name: places", "m.yaml:22: points[2].name: \"places\" is already the name of another point"
        ),
        MapRow(
            "registers: 4}", "registers: 126}",
            "m.yaml:25: points[5].registers: 126 is above the greatest permitted value of 125"),
        MapRow(
            "registers: 4}", "registers: 40}",
            "m.yaml:25: points[5].name: 40 registers from address 0 belong together, but the device answers at most 32 in one read"
        ),
        MapRow(
            "registers: 4}", "registers: 4, scale: 2}",
            "m.yaml:25: points[5].scale: unknown key; known here: name, address, register, table, type, registers, order, unit, latch, failedWhen, goodWhen"
        ),
        MapRow("bits: [0, 3]", "bits: [3, 0]", "m.yaml:21: points[1].bits: 3 is above 0: the lowest bit comes first"),
        MapRow(
            "[-0.5, 100]", "[100, -0.5]",
            "m.yaml:17: points[0].plausible: 100 is above -0.5: the least plausible value comes first"),
        MapRow(
            "address: 4, type", "address: 65533, type",
            "m.yaml:26: points[6]: the point goes beyond address 65535, the last of a table"),
        MapRow(
            "count: 8}", "count: 65537}",
            "m.yaml:5: readable[0].count: 65537 is above the greatest permitted value of 65536"),
        MapRow(
            "register: 40001, count: 8}", "register: 40002, count: 65536}",
            "m.yaml:5: readable[0].count: 65536 from address 1 goes beyond address 65535"),
    ]
}

struct RegisterMapReadingTests {
    private func read(_ text: String) throws -> RegisterMap { try RegisterMapReader.read(text: text, file: "m.yaml") }

    @Test func `every value of the file arrives in the map`() throws {
        let map = try read(validMap)
        #expect(map.device == "Meter")
        #expect(map.role == .scale(point: "mass"))
        #expect(
            map.patience == RegisterMap.Patience(interval: .milliseconds(30), timeout: .seconds(1), attempts: 5))
        #expect(map.points.map(\.name) == ["mass", "places", "errors", "status", "fresh", "maker", "count"])
        let half = try #require(ExactDecimal("0.5"))
        let least = try #require(ExactDecimal("-0.5"))
        let scaling = RegisterScaling(
            scale: half, offset: try #require(ExactDecimal("-1.25")), decimalsFrom: ["places"],
            plausible: least...ExactDecimal(100))
        #expect(
            map.points[0]
                == RegisterPoint(
                    "mass", .holding(0, RegisterFormat(.signed(.bits32), .cdab)), unit: "kg", scaling: scaling,
                    rules: [
                        QualityRule(point: "errors", .equals(0), expected: true, failure: .refused),
                        QualityRule(point: "status", .bitSet(3), expected: true, failure: .unstable),
                    ], latch: RegisterPoint.Latch(point: "fresh", unset: .unstable)))
        #expect(map.points[1].source == .holding(2, RegisterFormat(.bits(0...3))))
        #expect(map.points[1].scaling.codes == [.zero, .one, ExactDecimal(3)])
        #expect(map.points[4].source == .coil(2))
        #expect(map.points[5].source == .input(0, RegisterFormat(.ascii(registers: 4))))
        #expect(map.points[6].scaling.noneValue == Int128(UInt64.max))
    }

    /// The coil comes first, because the mass is worth nothing without it.
    @Test func `what the file names is read in the fewest requests`() throws {
        #expect(
            try read(validMap).plan.reads.map(\.request) == [
                .readCoils(BitRange(2, count: 1)), .readHolding(RegisterRange(0, count: 5)),
                .readInput(RegisterRange(0, count: 8)),
            ])
    }

    @Test func `a flag that would be read after its value is refused`() throws {
        let text = """
            device: d
            points:
              - {name: value, table: holding, address: 0, type: uint16, latch: {point: flag-b}}
              - {name: flag-a, table: holding, address: 0, type: bit, bit: 0}
              - {name: other, table: holding, address: 9, type: uint16, latch: {point: flag-a}}
              - {name: flag-b, table: holding, address: 9, type: bit, bit: 0}
            """
        let errors = #expect(throws: YAMLErrors.self) { try read(text) }
        #expect(
            errors?.description
                == "m.yaml:3: points[0].latch: \"flag-b\" would be read after the value that it speaks of; make what lies between them readable"
        )
        _ = try read(text + "\nreadable: [{table: holding, address: 0, count: 10}]\n")
    }

    @Test(arguments: MapRow.all)
    func `a fault is told in one sentence`(row: MapRow) throws {
        let parts = validMap.split(separator: row.place, omittingEmptySubsequences: false)
        try #require(parts.count == 2, "the place occurs once")
        let errors = #expect(throws: YAMLErrors.self) { try read(parts.joined(separator: row.replacement)) }
        #expect(errors?.errors.map(\.description).contains(row.sentence) == true, "\(String(describing: errors))")
    }
}

struct RegisterMapDeviceTests {
    /// `validText` with its level sensor described by a map.
    private let text = validText.replacing(
        "unit: 11, driver: elsner-so250", with: "unit: 11, driver: register-map, map: maps/level.yaml")

    private let levelMap = """
        device: Level
        role: {binLevel: level}
        points:
          - {name: level, table: input, address: 0, type: uint16, unit: "%"}
        """

    private func read(_ text: String, _ maps: [String: String]) throws -> StationSettings {
        try StationConfigReader.read(text: text, file: "etc/s.yaml") { path throws(UnreadableFile) in
            guard let text = maps[path] else { throw UnreadableFile(reason: "No such file or directory") }
            return text
        }
    }

    @Test func `a map is looked for beside the configuration and says what the device is for`() throws {
        let device = try read(text, ["etc/maps/level.yaml": levelMap]).hardware.devices[1]
        let map = try RegisterMapReader.read(text: levelMap, file: "")
        #expect(device.driver == .registerMap(map))
        #expect(device.driver.role == .binLevel)
    }

    @Test func `the rules of a role hold for a map too`() throws {
        let scale = levelMap.replacing("binLevel", with: "scale").replacing("\"%\"", with: "g")
        let errors = #expect(throws: YAMLErrors.self) { try read(text, ["etc/maps/level.yaml": scale]) }
        #expect(
            errors?.errors.map(\.description) == [
                "etc/s.yaml:37: devices[1].driver: \"scale\" is already the station's scale; there can be only one",
                "etc/s.yaml:40: bins[0].levelSensor: the device \"level-a\" is not a level sensor",
            ])
    }

    @Test func `a device that is only watched needs no bin and may have a brother`() throws {
        let watched = levelMap.replacing("role: {binLevel: level}\n", with: "")
        let more =
            text
            .replacing(", levelSensor: level-a", with: "")
            .replacing(
                "bins:", with: "  - {id: x, bus: net, unit: 9, driver: register-map, map: maps/level.yaml}\nbins:")
        let settings = try read(more, ["etc/maps/level.yaml": watched])
        #expect(settings.hardware.devices.filter { $0.driver.role == .monitor }.map(\.id) == ["level-a", "x"])
    }

    @Test func `what is wrong in a map is told with the map's file and line, after the file that names it`() throws {
        let broken = levelMap.replacing("type: uint16", with: "type: uint17")
        let both = text.replacing("unit: 2,", with: "unit: 0,")
        let errors = #expect(throws: YAMLErrors.self) { try read(both, ["etc/maps/level.yaml": broken]) }
        #expect(
            errors?.errors.map(\.description) == [
                "etc/s.yaml:38: devices[2].unit: 0 is below the least permitted value of 1",
                "etc/maps/level.yaml:4: points[0].type: \"uint17\" is not known; did you mean \"uint16\"?",
            ])
    }

    @Test func `a map that cannot be read is told where it is named`() throws {
        let errors = #expect(throws: YAMLErrors.self) { try read(text, [:]) }
        #expect(
            errors?.description
                == "etc/s.yaml:37: devices[1].map: the file etc/maps/level.yaml cannot be read: No such file or directory"
        )
    }

    @Test(arguments: [
        (
            "driver: register-map, map: maps/level.yaml", "driver: register-map",
            "etc/s.yaml:37: devices[1].map: this key is required and missing"
        ),
        (
            "driver: register-map, map", "driver: elsner-so250, map",
            "etc/s.yaml:37: devices[1].map: unknown key; known here: id, bus, unit, driver, period, priority, responseTimeout"
        ),
        (
            "driver: register-map", "driver: register-mapp",
            "etc/s.yaml:37: devices[1].driver: \"register-mapp\" is not known; did you mean \"register-map\"?"
        ),
    ])
    func `driver and map belong together`(place: String, replacement: String, sentence: String) {
        let errors = #expect(throws: YAMLErrors.self) {
            try read(text.replacing(place, with: replacement), ["etc/maps/level.yaml": levelMap])
        }
        #expect(errors?.errors.map(\.description) == [sentence])
    }

    @Test func `a changed map needs a restart`() throws {
        let before = try read(text, ["etc/maps/level.yaml": levelMap])
        let after = try read(text, ["etc/maps/level.yaml": levelMap.replacing("address: 0", with: "address: 1")])
        #expect(changesNeedingRestart(from: before, to: after) == ["devices"])
    }
}
