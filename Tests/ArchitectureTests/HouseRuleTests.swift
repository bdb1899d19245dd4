import Foundation
import Testing

struct HouseRuleTests {
    @Test func `no test sleeps`() throws {
        let sleeping = ["Task." + "sleep", "usleep" + "(", "Thread." + "sleep", "nanosleep" + "("]
        for file in try Repository.sources(in: ["Tests"]) {
            for call in sleeping { #expect(!file.text.contains(call), "\(file.path) calls \(call)") }
        }
    }

    /// Foundation's waits for the programs that others start meanwhile, too.
    @Test func `no program is started by Foundation`() throws {
        for file in try Repository.sources(in: ["Sources", "Simulator", "Tests"]) {
            #expect(!file.text.contains("= Process" + "()"), "\(file.path) should use SpawnedProcess")
        }
    }

    @Test func `a test's time limit says that it hangs, and no more`() throws {
        for file in try Repository.sources(in: ["Tests"]) {
            let limits = file.text.components(separatedBy: "timeLimit(" + ".").dropFirst()
            #expect(limits.allSatisfy { $0.hasPrefix("minutes(hangLimitMinutes)") }, "\(file.path) has its own limit")
        }
    }

    @Test func `files stay short enough to be read`() throws {
        for file in try Repository.sources(in: ["Sources", "Simulator", "Tests"]) {
            let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).count
            #expect(lines <= 310, "\(file.path) has \(lines) lines")
        }
    }

    /// The formatter's rule lets comments pass. In the tests a frozen text may stand as it leaves the process.
    @Test(arguments: [("Sources", 120), ("Simulator", 120), ("Tests", 160)])
    func `lines fit the page`(folder: String, limit: Int) throws {
        for file in try Repository.sources(in: [folder]) {
            let longest = file.text.split(separator: "\n").map(\.count).max() ?? 0
            #expect(longest <= limit, "\(file.path) has a line of \(longest) characters")
        }
    }

    /// A closed set of our own is listed case by case, so that a new case has to be decided on. These files sort what is
    /// open: numbers and texts of the wire, errno, errors of others.
    @Test func `default stands only where the values are not ours`() throws {
        let open: Set = [
            "Identifiers.swift", "LedgerError.swift", "SystemError.swift", "LibmodbusLink.swift",
            "SocketLineProtocol.swift", "LaumasTLB4.swift", "ModelFile.swift", "ModbusRequest.swift",
            "ModbusLink.swift", "RegisterSpan.swift",
        ]
        for file in try Repository.sources(in: ["Sources"]) where file.text.contains("default:") {
            let isSwitch = file.text.split(separator: "\n").contains {
                let line = $0.drop(while: { $0 == " " })
                return line.hasPrefix("default:") || line.hasPrefix("@unknown default:")
            }
            let name = String(file.path.split(separator: "/").last ?? "")
            #expect(!isSwitch || open.contains(name), "\(file.path)")
        }
    }

    @Test func `float helpers and endless recovery of libmodbus are never used`() throws {
        let folders = ["Sources", "Simulator"]
        for file in try Repository.sources(in: folders) {
            #expect(!file.text.contains("modbus_get_float") && !file.text.contains("modbus_set_float"), "\(file.path)")
            #expect(!file.text.contains("MODBUS_ERROR_RECOVERY_" + "LINK)"), "\(file.path)")
        }
    }

    @Test func `the newest section of the changelog is the version that the executables state`() throws {
        let version = try Repository.text("Sources/Vocabulary/SoftwareVersion.swift").firstMatch(of: /text = "([^"]+)"/)
        let newest = try Repository.text("CHANGELOG.md").firstMatch(of: /\n## (\S+)/)
        #expect(version?.1 == newest?.1)
    }

    @Test func `every script can be run as it is checked out`() throws {
        let manager = FileManager.default
        let scripts = try manager.contentsOfDirectory(atPath: Repository.root.appending(path: "scripts").path)
            .filter { $0 != "lib" }.map { "scripts/\($0)" }
        for script in scripts + [".ci/run"] {
            let path = Repository.root.appending(path: script).path
            #expect(manager.isExecutableFile(atPath: path), "\(script) is not executable")
        }
    }
}
