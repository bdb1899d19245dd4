import Foundation
import Testing

struct HouseRuleTests {
    @Test func `no test sleeps`() throws {
        let sleeping = ["Task." + "sleep", "usleep" + "(", "Thread." + "sleep", "nanosleep" + "("]
        for file in try Repository.sources(in: ["Tests"]) {
            for call in sleeping { #expect(!file.text.contains(call), "\(file.path) calls \(call)") }
        }
    }

    @Test func `files stay short enough to be read`() throws {
        for file in try Repository.sources(in: ["Sources", "Simulator", "Tests"]) {
            let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).count
            #expect(lines <= 450, "\(file.path) has \(lines) lines")
        }
    }

    @Test func `lines fit the page`() throws {
        for file in try Repository.sources(in: ["Sources", "Simulator", "Tests"]) {
            let longest = file.text.split(separator: "\n").map(\.count).max() ?? 0
            #expect(longest <= 160, "\(file.path) has a line of \(longest) characters")
        }
    }

    @Test func `float helpers and endless recovery of libmodbus are never used`() throws {
        let folders = ["Sources", "Simulator"]
        for file in try Repository.sources(in: folders) {
            #expect(!file.text.contains("modbus_get_float") && !file.text.contains("modbus_set_float"), "\(file.path)")
            #expect(!file.text.contains("MODBUS_ERROR_RECOVERY_" + "LINK)"), "\(file.path)")
        }
    }
}
