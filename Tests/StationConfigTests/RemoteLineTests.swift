import StationConfig
import StrictYAML
import Testing
import Vocabulary

/// Lines that name a device instead of a place on the chip.
@Suite struct RemoteLineTests {
    private static func text(_ changes: (String, String)...) throws -> String {
        let modules = """
            unit: 2, driver: delta-ms300}
              - {id: io, bus: net, unit: 3, driver: waveshare-io-8ch}
            """
        var text = try #require(changed("unit: 2, driver: delta-ms300}", to: modules))
        for (place, replacement) in changes {
            #expect(text.contains(place))
            text = text.replacing(place, with: replacement)
        }
        return text
    }

    private static let rows = [
        BadRow(
            "entryBeam: {line: 0, activeLow: true, bias: pullUp, debounce: \"2 ms\"}",
            "entryBeam: {device: io, channel: 0}",
            "s.yaml:13: gpio.inputs.entryBeam.device: this line must be on the chip, because a bus is too slow for it and "
                + "keeps it on when the daemon dies; on a remote I/O may be: serviceKey, lampGreen, lampRed, buzzer"),
        BadRow(
            "gate: {line: 9}", "gate: {device: io, channel: 0}",
            "s.yaml:23: gpio.outputs.gate.device: this line must be on the chip, because a bus is too slow for it and "
                + "keeps it on when the daemon dies; on a remote I/O may be: serviceKey, lampGreen, lampRed, buzzer"),
        BadRow(
            "lampRed: {line: 15}", "lampRed: {device: lamps, channel: 0}",
            "s.yaml:29: gpio.outputs.lampRed.device: there is no device \"lamps\""),
        BadRow(
            "lampRed: {line: 15}", "lampRed: {device: scale, channel: 0}",
            "s.yaml:29: gpio.outputs.lampRed.device: the device \"scale\" is not a remote I/O"),
        BadRow(
            "lampRed: {line: 15}", "lampRed: {device: io}",
            "s.yaml:29: gpio.outputs.lampRed.channel: this key is required and missing"),
        BadRow(
            "lampRed: {line: 15}", "lampRed: {device: io, channel: 8}",
            "s.yaml:29: gpio.outputs.lampRed.channel: 8 is above the greatest permitted value of 7"),
        BadRow(
            "lampRed: {line: 15}", "lampRed: {device: io, channel: 1, activeLow: true}",
            "s.yaml:29: gpio.outputs.lampRed.activeLow: unknown key; known here: device, channel"),
        BadRow(
            "lampRed: {line: 15}\n    buzzer: {line: 16}",
            "lampRed: {device: io, channel: 1}\n    buzzer: {device: io, channel: 1}",
            "s.yaml:30: gpio.outputs.buzzer.channel: output 1 of \"io\" is already used by gpio.outputs.lampRed.channel"
        ),
    ]

    @Test(arguments: rows)
    func `a fault is told in one sentence`(row: BadRow) throws {
        let text = try Self.text((row.place, row.replacement))
        let errors = #expect(throws: YAMLErrors.self) { try StationConfigReader.read(text: text, file: "s.yaml") }
        #expect(errors?.errors.map(\.description) == [row.sentence])
    }

    @Test func `an input and an output may have the same channel`() throws {
        let text = try Self.text(
            ("serviceKey: {line: 8}", "serviceKey: {device: io, channel: 5, activeLow: true}"),
            ("buzzer: {line: 16}", "buzzer: {device: io, channel: 5}"))
        let lines = try StationConfigReader.read(text: text, file: "s.yaml").hardware.lines
        #expect(lines.remoteInputs == [.serviceKey: RemotePlace(device: "io", channel: 5, isActiveLow: true)])
        #expect(lines.remoteOutputs == [.buzzer: RemotePlace(device: "io", channel: 5)])
        #expect(lines.inputs[.serviceKey] == nil && lines.outputs[.buzzer] == nil)
    }
}
