import Foundation
import TestSupport
import Testing

/// One change of the ledger's bytes, and what the daemon says of it.
struct LedgerDamage: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var sentence: String
    var inflict: @Sendable (inout Data) throws -> Void
}

/// The ledger's file as others may have left it.
extension EndToEndTests {
    /// A ledger of a short life, closed in order.
    private func makeLedger(_ site: Site) async throws {
        let station = try await site.startStation()
        station.send(SIGTERM)
        #expect(try await station.ended() == .exited(0))
    }

    static let damages = [
        LedgerDamage(
            testDescription: "a newer version",
            sentence: """
                The ledger run/state/ledger.sqlite has format version 3; this software knows versions up to 2. \
                Nothing was changed; install the version that wrote it, or a newer one.
                """,
            // SQLite's `user_version` is the big-endian number at offset 60.
            inflict: { $0[63] = 3 }),
        LedgerDamage(
            testDescription: "no database",
            sentence: """
                Opening the ledger run/state/ledger.sqlite: SQLite answered 26 (file is not a database). The file is \
                damaged; nothing was changed. Keep the file, look at it with `stationctl ledger verify`, and restore \
                it from a backup.
                """,
            inflict: { $0[0] = UInt8(ascii: "s") }),
        LedgerDamage(
            testDescription: "one changed byte of an entry",
            sentence: """
                The ledger run/state/ledger.sqlite is damaged: Entry 1 was changed: its fields do not give its \
                hash. It was not opened; nothing was changed. Keep the file, look at it with `stationctl ledger \
                verify`, and restore it from a backup.
                """,
            inflict: { try changeOneByte(of: &$0) }),
    ]

    /// The catalogue's version in the first entry's payload becomes another one.
    private static func changeOneByte(of file: inout Data) throws {
        let place = try #require(file.range(of: Data("\"2026-11\"".utf8)))
        file[place.lowerBound + 1] = UInt8(ascii: "3")
    }

    @Test(arguments: damages) func `a ledger that must not be written to ends the start and stays as it is`(
        damage: LedgerDamage
    ) async throws {
        try await withSite { site in
            try await makeLedger(site)
            let path = URL(filePath: "\(site.folder)/run/state/ledger.sqlite")
            var bytes = try Data(contentsOf: path)
            try damage.inflict(&bytes)
            try bytes.write(to: path)
            let station = try site.launchStation()
            #expect(try await station.ended() == .exited(65))
            #expect(station.lines.count == 1)
            #expect(station.lines.last?.hasSuffix(" [stationd] \(damage.sentence)") == true, "\(station.lines)")
            #expect(try Data(contentsOf: path) == bytes)
        }
    }

    @Test func `one changed byte of the ledger is found and its entry named`() async throws {
        try await withSite { site in
            try await makeLedger(site)
            let whole = try await site.stationctl("ledger", "verify", "--directory", "run/state")
            #expect(whole.code == 0)
            #expect(whole.output.hasPrefix("The ledger of station rs-1-sim in run/state is whole.\n"), "\(whole)")

            let path = URL(filePath: "\(site.folder)/run/state/ledger.sqlite")
            var bytes = try Data(contentsOf: path)
            try Self.changeOneByte(of: &bytes)
            try bytes.write(to: path)
            let changed = try await site.stationctl("ledger", "verify", "--directory", "run/state")
            #expect(changed.code == 1)
            #expect(changed.output.contains("The ledger of station rs-1-sim in run/state is NOT whole."), "\(changed)")
            #expect(changed.output.hasSuffix("\nEntry 1 was changed: its fields do not give its hash.\n"), "\(changed)")
        }
    }

    @Test func `a ledger is exported beside the running daemon, and no half file has the name of a whole one`()
        async throws
    {
        try await withSite { site in
            let export = ["ledger", "export", "--directory", "run/state"]
            func run(_ more: String...) async throws -> CommandResult {
                try await .of("stationctl", export + more, in: site.folder)
            }
            let station = try await site.startStation()
            let running = try await run("--output", "all.jsonl")
            #expect(running == CommandResult(code: 0, output: "", complaint: ""))
            let lines = try String(contentsOfFile: "\(site.folder)/all.jsonl", encoding: .utf8).split(separator: "\n")
            #expect(lines[0].hasPrefix("{\"first\":1,\"format\":\"return-station-ledger-export\",\"last\":"))
            #expect(lines[0].hasSuffix(",\"station\":\"rs-1-sim\",\"version\":1}"))
            #expect(lines[1].contains("\"kind\":\"started\""))
            #expect(!FileManager.default.fileExists(atPath: "\(site.folder)/all.jsonl.unfinished"))
            let first = try await run("--format", "csv", "--to", "1")
            #expect(first.code == 0 && first.output.split(whereSeparator: \.isNewline).count == 2)
            #expect(first.output.hasPrefix("sequence,time,clock_trusted,kind,"))
            let recount = try await site.stationctl("ledger", "recount", "--directory", "run/state")
            #expect(recount.code == 0)
            #expect(
                recount.output.hasPrefix("The ledger of station rs-1-sim in run/state says in its tables what its "))

            let full = try await run("--output", "/dev/full")
            #expect(full.code == 1)
            #expect(full.complaint.hasPrefix("Writing to /dev/full: No space left on device."), "\(full)")
            let nowhere = try await run("--output", "nowhere/all.jsonl")
            #expect(nowhere.code == 1)
            #expect(
                nowhere.complaint.hasPrefix("Opening nowhere/all.jsonl.unfinished: No such file or directory."),
                "\(nowhere)")
            #expect(try await run("--from", "9999").complaint.hasPrefix("Exporting entries from 9999 on: the ledger"))
            #expect(try await run("--from", "3", "--to", "2").code == 64)
            station.send(SIGTERM)
            #expect(try await station.ended() == .exited(0))
        }
    }
}
