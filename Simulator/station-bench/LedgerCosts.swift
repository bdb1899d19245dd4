import ArgumentParser
import CBenchSQLite
import FoundationEssentials
import Ledger
import Station
import StationPorts
import Vocabulary

/// What a durable entry costs: our ledger beside the same rows in plain C on SQLite and beside a bare write with its
/// sync, entry by entry in turn, so that a disk that slows down slows all.
struct LedgerCosts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Time per durable entry, beside plain C on SQLite and the disk's own floor.")

    @Option(help: "Items that go through a simulated station; each makes about two entries.")
    var items = 2000

    @Option(help: "Entries of one transaction in the second part.")
    var batch = 100

    @OptionGroup var shipped: ShippedFolder
    @OptionGroup var scratch: ScratchFolder

    func run() throws {
        let records = try RecordedShift(setup: shipped.setup(), items: items).records
        tellWhatIsWritten(records)
        try scratch.with { folder in
            try writeSource(records, folder)
            try compareSingle(records, folder)
            try compareBatches(records, folder)
        }
    }

    private func tellWhatIsWritten(_ records: [LedgerRecord]) {
        let accepted = records.count { $0.kind == .accepted }
        let ended = records.count { $0.kind == .ended }
        print("\(records.count) entries of \(items) items; \(accepted) accepted items made \(accepted + ended)")
    }

    /// The ledger whose rows plain C writes again.
    private func writeSource(_ records: [LedgerRecord], _ folder: String) throws {
        let source = try BenchedLedger(directory: "\(folder)/source")
        _ = try source.storeTogether(records[...])
        source.stop()
    }

    // MARK: One entry after the other

    private func compareSingle(_ records: [LedgerRecord], _ folder: String) throws {
        let plain = try PlainLedger(source: "\(folder)/source/ledger.sqlite", path: "\(folder)/plain.sqlite")
        let floor = try Floor(path: "\(folder)/floor")
        let threaded = try BenchedLedger(directory: "\(folder)/threaded", hasThread: true)
        let direct = try BenchedLedger(directory: "\(folder)/direct")
        try direct.proveDurability()
        print("synchronous: plain C \(plain.synchronous), ours 2 (FULL), read back on the writing connections")
        var times: [Party: [Int64]] = [:]
        for (index, record) in records.enumerated() {
            for turn in 0..<Party.allCases.count {
                // Nobody always comes after the same one.
                let party = Party.allCases[(index + turn) % Party.allCases.count]
                let nanoseconds =
                    switch party {
                    case .floor: try floor.write(index)
                    case .plain: try plain.add(1)
                    case .direct: try direct.store(record)
                    case .threaded: try threaded.store(record)
                    }
                times[party, default: []].append(nanoseconds)
            }
        }
        threaded.stop()
        direct.stop()
        show(times.mapValues { Latencies($0) })
    }

    private func show(_ latencies: [Party: Latencies]) {
        print("\none entry, one transaction, microseconds")
        guard let plain = latencies[.plain] else { return }
        for party in Party.allCases {
            guard let own = latencies[party] else { continue }
            print("\(party.rawValue) \(own)  \(own.perSecond) a second")
            print("\(Party.indent) of plain C: \(own.ratio(to: plain))")
        }
    }

    // MARK: Many entries in one transaction

    private func compareBatches(_ records: [LedgerRecord], _ folder: String) throws {
        let plain = try PlainLedger(source: "\(folder)/source/ledger.sqlite", path: "\(folder)/plain-batches.sqlite")
        let direct = try BenchedLedger(directory: "\(folder)/direct-batches")
        var (plainTimes, ownTimes): ([Int64], [Int64]) = ([], [])
        for start in stride(from: 0, to: records.count - batch + 1, by: batch) {
            plainTimes.append(try plain.add(batch))
            ownTimes.append(try direct.storeTogether(records[start..<start + batch]))
        }
        direct.stop()
        guard !plainTimes.isEmpty else { return }
        let (inC, own) = (Latencies(plainTimes), Latencies(ownTimes))
        print("\n\(batch) entries, one transaction")
        print("plain C: \(inC.perSecond * batch) entries a second, ours: \(own.perSecond * batch)")
        print("ratio:   \(own.ratio(to: inC))")
    }
}

private enum Party: String, CaseIterable {
    case floor = "floor (4096 bytes and a sync):"
    case plain = "plain C on SQLite:            "
    case direct = "ours, the writer's work:      "
    case threaded = "ours, from append to answer:  "

    static let indent = String(repeating: " ", count: 18)
}
