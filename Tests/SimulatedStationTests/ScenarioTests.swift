import FoundationEssentials
import StationConfig
import StrictYAML
import Testing
import Vocabulary

@testable import SimulatedStation

@Suite struct ScenarioTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: root.appending(path: path)), as: UTF8.self)
    }

    private static func catalogue() throws -> Catalogue {
        try CatalogueReader.read(text: text("config/catalogue.yaml"), file: "config/catalogue.yaml")
    }

    private func read(_ text: String) throws -> Scenario {
        try ScenarioReader(catalogue: Self.catalogue(), spectra: .synthetic).read(text: text, file: "s.yaml")
    }

    @Test(arguments: ["demo", "fraud", "jams", "dead-devices"])
    func `Every shipped scenario can be read`(name: String) throws {
        let scenario = try read(Self.text("Simulator/scenarios/\(name).yaml"))
        #expect(!scenario.items.isEmpty)
        #expect(name != "demo" || scenario.items.count >= 60)
    }

    struct ErrorRow: CustomTestStringConvertible {
        var text: String
        var message: String
        var testDescription: String { message }
    }

    @Test(arguments: [
        ErrorRow(
            text: "seed: 1\nitems:\n  - {type: cup-pp-300, colour: red}\n",
            message: "s.yaml:3: items[0].colour: unknown key"),
        ErrorRow(
            text: "seed: 1\nitems:\n  - {type: cup-pp-3000}\n",
            message: "s.yaml:3: items[0].type: \"cup-pp-3000\" is not in the catalogue 2026-11"),
        ErrorRow(
            text: "seed: 1\nitems:\n  - {type: cup-pp-300, script: jams, place: 480}\n",
            message: "s.yaml:3: items[0].place: 480 is above the greatest permitted value of 479"),
        ErrorRow(
            text: "seed: 1\nitems:\n  - {type: cup-pp-300}\n  - {type: cup-pp-300, script: putInTwo}\n",
            message: "s.yaml:2: items: the last item is put in together with the next one, and there is none"),
        ErrorRow(
            text: "seed: 1\nitems:\n  - {material: pp}\n",
            message: "s.yaml:3: items[0]: an item without a type of the catalogue needs a mass"),
        ErrorRow(
            text: "seed: 1\nitems:\n  - {type: cup-pp-300}\nfaults:\n  - {item: 1, fault: lampFailed}\n",
            message: "s.yaml:5: faults[0].item: 1 is above the greatest permitted value of 0"),
        ErrorRow(
            text:
                "seed: 1\nitems:\n  - {type: cup-pp-300}\nfaults:\n  - {at: \"1 s\", fault: binFilled, bin: x, level: \"5 %\"}\n",
            message: "s.yaml:5: faults[0].bin: \"x\" is no bin; there are: reuse, plastic, fibre, metal-glass"),
    ])
    func `A wrong scenario is refused with file, line and key`(row: ErrorRow) throws {
        let error = try #require(throws: YAMLErrors.self) { try read(row.text) }
        #expect("\(error)".contains(row.message))
    }

    @Test func `Generated items read back from their file as the same items`() throws {
        var generator = ItemGenerator(catalogue: try Self.catalogue(), seed: 9)
        let scenario = Scenario(seed: 9, items: generator.items(count: 2000), attendantComesAfter: .seconds(10))
        let again = try read(ItemWriter.yaml(scenario))
        #expect(again.items.count == scenario.items.count)
        // The first difference alone: a failed comparison of two long lists would be shown for minutes.
        #expect(zip(again.items, scenario.items).first { $0 != $1 } == nil)
        #expect(again.attendantComesAfter == .seconds(10))
        // All that people do occurs among so many.
        #expect(Set(scenario.items.map(\.script.name)).count == ItemScript.Name.allCases.count)
    }

    @Test func `An item of the catalogue is within its tolerance unless it is worn`() throws {
        let scenario = try read(
            "seed: 5\nitems:\n  - {type: cup-pp-300, repeat: 300}\n  - {type: cup-pp-300, condition: worn, repeat: 300}\n"
        )
        #expect(scenario.items.prefix(300).allSatisfy { (33_500...36_500).contains($0.massMilligrams) })
        #expect(scenario.items.suffix(300).allSatisfy { (31_700...32_000).contains($0.massMilligrams) })
        #expect(scenario.items.allSatisfy { (100_000...199_999).contains($0.tag?.number ?? 0) })
    }

    @Test func `The truth file says where an item ended`() throws {
        let rig = Rig([.cup()])
        rig.putIn()
        rig.set(.conveyorForward, true, atMilliseconds: 6000)
        rig.run(toMilliseconds: 20_000)
        let expected = """
            {
              "items" : [
                {
                  "end" : "bin:reuse",
                  "index" : 0,
                  "massMilligrams" : 35000,
                  "material" : "pp",
                  "name" : "cup",
                  "script" : "normal"
                }
              ],
              "seed" : 1,
              "version" : 1
            }
            """
        #expect(String(decoding: try Truth(of: rig.world).json(), as: UTF8.self) == expected)
    }
}
