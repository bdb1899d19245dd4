import Foundation
import Testing

/// The rows of targets, the highest first. The same table stands in ARCHITECTURE.md.
struct Row: Sendable, CustomStringConvertible {
    var name: String
    var targets: [String]
    var description: String { name }

    static let all = [
        Row(name: "executables", targets: ["stationd", "stationctl", "clusterd", "station-sim", "station-bench"]),
        Row(name: "assemblies", targets: ["VirtualStation", "Exploration"]),
        Row(name: "shell", targets: ["StationRuntime", "ClusterServer"]),
        Row(
            name: "adapters",
            targets: [
                "Hardware", "Ledger", "Uplink", "OperatorServer", "ClusterStore", "Systemd", "SimulatedStation",
                "SimulatedBus", "SimulatedDisk",
            ]),
        Row(name: "contracts", targets: ["StationPorts", "OperatorAPI", "ClusterAPI", "SparingLog"]),
        Row(name: "training", targets: ["ModelTraining"]),
        Row(name: "pure", targets: ["Station", "MaterialModel", "StationConfig", "Drivers"]),
        Row(
            name: "words",
            targets: ["Vocabulary", "Modbus", "SmallNumerics", "StrictYAML", "Threads", "WriteAheadLog"]),
        Row(
            name: "C",
            targets: ["CGpiod", "CModbus", "CLinux", "CBench", "CBenchModbus", "CBenchSQLite", "CSimulatedDisk"]),
    ]

    static func index(of target: String) -> Int? {
        all.firstIndex { $0.targets.contains(target) }
    }
}

struct LayeringTests {
    /// Why an import is not allowed; nil if it is.
    private func objection(to module: String, in target: String) -> String? {
        guard let importing = Row.index(of: target) else { return "target \(target) stands in no row" }
        guard let imported = Row.index(of: module) else { return nil }
        // Adapters and the shell are joined by the executables only.
        if Row.all[importing].name == "shell", Row.all[imported].name == "adapters" {
            return "the shell imports the adapter \(module)"
        }
        return imported > importing ? nil : "\(target) imports \(module), which is not below it"
    }

    @Test func `a target imports only from rows below its own`() throws {
        let files = try Repository.sources()
        #expect(files.count > 100)
        for file in files {
            for module in file.imports {
                let objection = objection(to: module, in: file.target)
                #expect(objection == nil, "\(file.path): \(objection ?? "")")
            }
        }
    }

    @Test(arguments: [
        ("Vocabulary", "Station"), ("Station", "StationConfig"), ("Hardware", "Ledger"), ("StationRuntime", "Ledger"),
        ("Ledger", "StationRuntime"), ("NoSuchTarget", "Foundation"),
    ])
    func `the check objects to imports that break the layering`(target: String, module: String) {
        #expect(objection(to: module, in: target) != nil)
    }

    @Test func `the core needs nothing but the words`() throws {
        for file in try Repository.sources() where ["Vocabulary", "Station"].contains(file.target) {
            #expect(Set(file.imports).isSubset(of: ["Vocabulary"]), "\(file.path) imports \(file.imports)")
        }
    }

    @Test(arguments: [
        ("CGpiod", ["Hardware"]), ("CModbus", ["Hardware"]), ("CBench", ["station-bench"]),
        ("CSimulatedDisk", ["SimulatedDisk"]), ("CBenchSQLite", ["station-bench"]),
    ])
    func `a C library is called from its owners only`(module: String, owners: [String]) throws {
        for file in try Repository.sources() where file.imports.contains(module) {
            #expect(owners.contains(file.target), "\(file.path)")
        }
    }

    @Test func `the table of rows in ARCHITECTURE.md is the one that is checked`() throws {
        let text = try Repository.text("ARCHITECTURE.md")
        for row in Row.all {
            let line = "| \(row.name) | " + row.targets.map { "`\($0)`" }.joined(separator: ", ") + " |"
            #expect(text.contains(line), "missing: \(line)")
        }
    }
}
