import StationConfig
import Testing

@Suite struct SettingsChangeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var place: String
        var replacement: String
        var keys: [String]
        var testDescription: String { replacement }

        init(_ place: String, _ replacement: String, _ keys: [String]) {
            self.place = place
            self.replacement = replacement
            self.keys = keys
        }
    }

    @Test(arguments: [
        Row("station: s-1", "station: s-2", ["station"]),
        Row("stateDirectory: run/state", "stateDirectory: run/other", ["stateDirectory"]),
        Row("station: s-1", "station: s-1\ndiskReserve: \"65 MB\"", ["diskReserve"]),
        Row("station: s-1", "station: s-1\nledger: {retention: {age: \"91 d\"}}", ["ledger"]),
        Row("operatorSocket: run/op.sock", "operatorSocket: run/o.sock", ["operatorSocket"]),
        Row("model: /models/m.json", "model: /models/n.json", ["model"]),
        Row("authority: ca.pem", "authority: cb.pem", ["cluster"]),
        Row("authority: ca.pem", "clientCertificate: c.pem\n  clientKey: k.pem", ["cluster"]),
        Row("50.00 Hz", "49.00 Hz", ["conveyor"]),
        Row("exitBeam: {line: 1}", "exitBeam: {line: 1, activeLow: true}", ["gpio"]),
        Row("gap: \"1.5 ms\"", "gap: \"2 ms\"", ["buses"]),
        Row("unit: 11", "unit: 12", ["devices"]),
        Row("{id: b, position: left}", "{id: b, position: both}", ["bins"]),
        Row("station: s-1", "station: s-1\nlogLevel: debug", []),
        Row("catalogue: catalogue.yaml", "catalogue: other.yaml", []),
        Row("materials: [pp, pet]", "materials: [pp]", []),
        Row("binFullLevel: \"90 %\"", "binFullLevel: \"95 %\"", []),
        Row("measuring: \"3 s\"", "measuring: \"2 s\"", []),
        Row(
            "binFullLevel: \"90 %\"", "binFullLevel: \"90 %\"\n  knownItemsAfter: 4711", ["intake.knownItemsAfter"]),
    ])
    func `only what is wired needs a restart`(row: Row) throws {
        let before = try StationConfigReader.read(text: validText, file: "s.yaml")
        let text = try #require(changed(row.place, to: row.replacement))
        let after = try StationConfigReader.read(text: text, file: "s.yaml")
        #expect(before != after)
        #expect(changesNeedingRestart(from: before, to: after) == row.keys)
    }
}
