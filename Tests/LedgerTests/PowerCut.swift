import Foundation
import TestSupport

@testable import Ledger

/// What a power cut leaves of writes that no sync has followed: any of their sectors, in any state.
struct PowerCut {
    /// What a disk writes whole or not at all.
    static let sectorBytes = 512

    private var generator: SplitMix

    init(seed: UInt64) { generator = SplitMix(seed: seed) }

    /// A file that grew: up to `synced` it is as it was, after it each sector is there, empty or garbage, and the end is
    /// anywhere.
    mutating func tear(_ file: Data, after synced: Int) -> Data {
        let end = Int.random(in: synced...file.count, using: &generator)
        var torn = Data(file.prefix(end))
        for start in stride(from: synced, to: end, by: Self.sectorBytes) {
            let range = start..<min(start + Self.sectorBytes, end)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: torn.replaceSubrange(range, with: Data(count: range.count))
            case 1: torn.replaceSubrange(range, with: range.map { _ in UInt8.random(in: 0...255, using: &generator) })
            default: break
            }
        }
        return torn
    }

    /// A file that was overwritten: each sector is the old or the new one.
    mutating func mix(_ old: Data, _ new: Data) -> Data {
        var mixed = Data()
        for start in stride(from: 0, to: max(old.count, new.count), by: Self.sectorBytes) {
            let range = start..<start + Self.sectorBytes
            let isNew = range.upperBound > old.count || Bool.random(using: &generator)
            guard range.upperBound <= (isNew ? new : old).count else { break }
            mixed += (isNew ? new : old)[range]
        }
        return mixed
    }
}

extension Bench {
    var database: Data { get throws { try Data(contentsOf: URL(fileURLWithPath: place.database)) } }
    var log: Data { get throws { try Data(contentsOf: URL(fileURLWithPath: place.writeAheadLog)) } }

    /// A folder with these two files, as the next boot finds it.
    static func after(database: Data, log: Data) throws -> Bench {
        let bench = try Bench()
        try database.write(to: URL(fileURLWithPath: bench.place.database))
        try log.write(to: URL(fileURLWithPath: bench.place.writeAheadLog))
        return bench
    }
}
