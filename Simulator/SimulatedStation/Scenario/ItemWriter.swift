import Vocabulary

/// Writes items as a scenario file that reads back as the same items.
public enum ItemWriter {
    /// Its faults are not written: generated scenarios have none.
    public static func yaml(_ scenario: Scenario) -> String {
        let attendant = scenario.attendantComesAfter.map { ["attendantComesAfter: \"\($0.inMilliseconds) ms\""] } ?? []
        let lines = ["seed: \(scenario.seed)"] + attendant + ["items:"] + scenario.items.map(entry)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func entry(of item: SimulatedItem) -> String {
        var fields = ["name: \(item.name)"]
        if let type = item.packagingType { fields.append("type: \(type)") }
        fields += [
            "material: \(item.material.rawValue)", "mass: \"\(item.massMilligrams) mg\"",
            "length: \(Int(item.lengthMillimetres))",
        ]
        if let tag = item.tag {
            fields.append("tag: \(tag.number)")
        } else if item.packagingType != nil {
            fields.append("untagged: true")
        }
        if item.isMetal != item.material.isMetal { fields.append("metal: \(item.isMetal)") }
        if item.spectrum != item.material.rawValue { fields.append("spectrum: \(item.spectrum)") }
        fields += script(item.script)
        return "  - {\(fields.joined(separator: ", "))}"
    }

    private static func script(_ script: ItemScript) -> [String] {
        let name = "script: \(script.name.rawValue)"
        switch script {
        case .normal: return []
        case .putInTwo: return [name]
        case .pulledOutWhileMeasuring(let after): return [name, "after: \"\(after.inMilliseconds) ms\""]
        case .fishedAfterAcceptance(let point): return [name, "from: \(point.rawValue)"]
        case .notTaken(let time), .handStays(let time): return [name, "for: \"\(time.inMilliseconds) ms\""]
        case .jams(let place, let movements):
            return [name, "place: \(Int(place))"] + (movements.map { ["clearingMovements: \($0)"] } ?? [])
        }
    }
}
