import StationConfig
import StrictYAML
import Testing

/// What single drivers ask of the configuration beyond what all have.
@Suite struct EquipmentTests {
    private static let drive = "unit: 2, driver: delta-ms300}"

    private static let rows = [
        BadRow(
            drive, "unit: 2, driver: danfoss-fc202}",
            "s.yaml:38: devices[2].referenceMaximum: this key is required and missing"),
        BadRow(
            drive, "unit: 2, driver: danfoss-fc202, referenceMaximum: \"49.99 Hz\"}",
            "s.yaml:9: conveyor: the speed is above the referenceMaximum of the device \"drive\""),
        BadRow(
            drive, "unit: 2, driver: delta-ms300, referenceMaximum: \"50 Hz\"}",
            "s.yaml:38: devices[2].referenceMaximum: unknown key; known here: id, bus, unit, driver, period, priority, "
                + "responseTimeout"),
        BadRow(
            drive, "unit: 2, driver: danfos-fc202}",
            "s.yaml:38: devices[2].driver: \"danfos-fc202\" is not known; did you mean \"danfoss-fc202\"?"),
    ]

    @Test(arguments: rows)
    func `a fault is told in one sentence`(row: BadRow) throws {
        let text = try #require(changed(row.place, to: row.replacement))
        let errors = #expect(throws: YAMLErrors.self) { try StationConfigReader.read(text: text, file: "s.yaml") }
        #expect(errors?.errors.map(\.description) == [row.sentence])
    }

    @Test func `a drive that is told shares has its maximum, and others have none`() throws {
        let text = try #require(
            changed(Self.drive, to: "unit: 2, driver: danfoss-fc202, referenceMaximum: \"60.00 Hz\"}"))
        let devices = try StationConfigReader.read(text: text, file: "s.yaml").hardware.devices
        #expect(devices.map(\.referenceMaximumCentihertz) == [nil, nil, 6000])
    }

    @Test func `a station may have several remote modules, and one of everything else`() throws {
        let modules = """
            unit: 2, driver: delta-ms300}
              - {id: io-a, bus: net, unit: 3, driver: waveshare-io-8ch}
              - {id: io-b, bus: net, unit: 4, driver: waveshare-io-8ch}
            """
        let text = try #require(changed(Self.drive, to: modules))
        #expect(try StationConfigReader.read(text: text, file: "s.yaml").hardware.devices.count == 5)
    }
}
