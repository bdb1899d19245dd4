import Foundation
import Testing

/// The table of complaints and what it promises.
struct FieldComplaintTests {
    /// A row of docs/field-complaints.md.
    struct Row {
        var project: String
        var numbers: [String]
        var tests: [String]

        /// Nil for a line that is no row.
        init?(_ line: Substring) {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard line.hasPrefix("|"), cells.count == 4, let thread = cells[0].wholeMatch(of: /(.*?) (\d[\d, ]*)/)
            else {
                return nil
            }
            project = String(thread.1)
            numbers = thread.2.split(separator: ", ").map(String.init)
            tests = cells[3].matches(of: /`([^`]+)`/).map { String($0.1) }
        }

        var threads: [String] { numbers.map { "\(project) \($0)" } }
    }

    static let threads: Set = [
        "telegraf 11782", "openems 6", "node-red-contrib-modbus 446", "thingsboard-gateway 2132",
        "thingsboard-gateway 829", "openems PR 3099", "home-assistant 51103", "openplc-editor 691",
        "thingsboard-gateway 1243", "pymodbus 356", "telegraf 802", "telegraf 5536", "thingsboard-gateway 2124",
        "app-functions-sdk-go 1526", "libocpp 907", "libocpp 480", "kura 2169", "EVerest 523", "evcc 366",
        "portduino 78",
    ]

    private func rows() throws -> [Row] {
        try Repository.text("docs/field-complaints.md").split(separator: "\n").compactMap { Row($0) }
    }

    @Test func `every complaint has its row`() throws {
        let rows = try rows()
        #expect(rows.count == 17)
        let threads = rows.flatMap(\.threads)
        #expect(threads.count == 20)
        #expect(Set(threads) == Self.threads)
    }

    @Test func `every row names tests that exist, and each thread stands in a test's name`() throws {
        let texts = try Repository.sources(in: ["Tests"]).map(\.text)
        for row in try rows() {
            for test in row.tests {
                #expect(texts.contains { $0.contains("func `\(test)`(") }, "there is no test \"\(test)\"")
            }
            for number in row.numbers {
                let isNamed = row.tests.contains { test in
                    guard let thread = test.firstMatch(of: /\(([^()]*)\)$/)?.1, thread.hasPrefix(row.project + " ")
                    else {
                        return false
                    }
                    return thread.dropFirst(row.project.count + 1).split(separator: ", ").contains { $0 == number }
                }
                #expect(isNamed, "no test of its row names \(row.project) \(number)")
            }
        }
    }

    /// Targets that wait, poll or repeat. The ledger and the reports stamp what they keep; these have no use for the
    /// time of day.
    static let waiting: Set = [
        "Station", "StationPorts", "Hardware", "Drivers", "Modbus", "Threads", "Uplink", "Systemd", "SparingLog",
        "StationRuntime",
    ]

    @Test func `no deadline can see the wall clock (portduino 78)`() throws {
        let readings = [
            "CLOCK_REALTIME", "CLOCK_TAI", "gettimeofday", "wallTime", "Date()", "Date.now", "Date(timeInterval",
            "time(nil)", "timeIntervalSince", "DispatchWallTime",
        ]
        for file in try Repository.sources(in: ["Sources"]) where Self.waiting.contains(file.target) {
            // The one place where the machine's clocks are read.
            if file.path == "Sources/StationRuntime/SystemClock.swift" { continue }
            for reading in readings {
                #expect(!file.text.contains(reading), "\(file.path) reads the wall clock: \(reading)")
            }
        }
        let shim = try Repository.text("Sources/CLinux/shim.c")
        let clocks = Set(shim.matches(of: /\bCLOCK_\w+/).map { String($0.0) })
        #expect(clocks == ["CLOCK_MONOTONIC"])
        #expect(shim.firstMatch(of: /\b(time|gettimeofday|ftime)\(/) == nil)
    }
}
