import Modbus
import TestSupport
import Testing

struct ReadPlanTests {
    private func span(_ table: ModbusTable, _ address: UInt16, _ count: Int) throws -> RegisterSpan {
        try #require(RegisterSpan(table, address, count: count))
    }

    @Test func `neighbours are read at once, and holes are left alone`() throws {
        let wanted = try [span(.holding, 11, 1), span(.holding, 6, 1), span(.holding, 7, 2), span(.input, 9, 1)]
        let limits = try #require(ReadPlan.Limits())
        #expect(
            try ReadPlan(wanted, limits: limits).reads
                == [span(.holding, 6, 3), span(.holding, 11, 1), span(.input, 9, 1)])
        #expect(
            try ReadPlan(wanted, readable: [span(.holding, 0, 20)], limits: limits).reads
                == [span(.holding, 6, 6), span(.input, 9, 1)])
        #expect(
            try ReadPlan(wanted, readable: [span(.input, 0, 20)], limits: limits).reads
                == ReadPlan(wanted, limits: limits).reads, "a block of another table is no bridge")
    }

    @Test func `a device's own limit is kept without tearing a value apart`() throws {
        let wanted = try (0..<5).map { try span(.holding, UInt16(2 * $0), 2) }
        let limits = try #require(ReadPlan.Limits(registers: 5))
        #expect(
            try ReadPlan(wanted, limits: limits).reads
                == [span(.holding, 0, 4), span(.holding, 4, 4), span(.holding, 8, 2)])
        let tooLong = #expect(throws: ReadPlan.TooLong.self) {
            try ReadPlan([span(.holding, 0, 3), span(.holding, 2, 2)], limits: #require(ReadPlan.Limits(registers: 3)))
        }
        #expect(try tooLong?.span == span(.holding, 0, 4))
        #expect(tooLong?.limit == 3)
    }

    @Test func `limits are those of the standard at most`() {
        #expect(ReadPlan.Limits(registers: 126) == nil)
        #expect(ReadPlan.Limits(bits: 2001) == nil)
        #expect(ReadPlan.Limits(registers: 0) == nil)
    }

    struct NumberRow: Sendable {
        var number: Int
        var table: ModbusTable
        var address: UInt16
    }

    @Test(arguments: [
        NumberRow(number: 40_008, table: .holding, address: 7),
        NumberRow(number: 400_008, table: .holding, address: 7),
        NumberRow(number: 465_536, table: .holding, address: 65_535),
        NumberRow(number: 30_001, table: .input, address: 0),
        NumberRow(number: 10_010, table: .discrete, address: 9),
        NumberRow(number: 1, table: .coil, address: 0),
    ])
    func `a customary number says table and address`(row: NumberRow) throws {
        let place = try #require(ModbusTable.place(ofRegister: row.number))
        #expect(place.table == row.table && place.address == row.address)
    }

    @Test(arguments: [0, -1, 10_000, 20_001, 40_000, 50_001, 465_537, 400_000])
    func `other numbers say nothing`(number: Int) {
        #expect(ModbusTable.place(ofRegister: number) == nil)
    }

    /// Against a search through all ways to cut the wanted spans into reads.
    @Test func `no plan has fewer reads, reads a hole, tears a value or breaks the limit`() throws {
        var generator = SplitMix(seed: 33)
        var mergedReads = 0
        for _ in 0..<3000 {
            let wanted = try (0..<Int.random(in: 1...9, using: &generator)).map { _ in
                try span(
                    .input, UInt16.random(in: 0...24, using: &generator), Int.random(in: 1...4, using: &generator))
            }
            let readable = try (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                try span(
                    .input, UInt16.random(in: 0...24, using: &generator), Int.random(in: 1...6, using: &generator))
            }
            let limit = Int.random(in: 4...12, using: &generator)
            guard
                let reads = try? ReadPlan(
                    wanted, readable: readable, limits: #require(ReadPlan.Limits(registers: limit))
                ).reads
            else {
                #expect(Exhaustive(wanted, readable, limit: limit).fewestReads == nil)
                continue
            }
            let permitted = Set((wanted + readable).flatMap(\.addresses))
            #expect(reads.allSatisfy { $0.count <= limit && $0.addresses.allSatisfy(permitted.contains) })
            #expect(wanted.allSatisfy { wanted in reads.count { $0.contains(wanted) } == 1 })
            let covered = reads.flatMap(\.addresses)
            #expect(covered.count == Set(covered).count, "no register is read twice")
            #expect(reads.count == Exhaustive(wanted, readable, limit: limit).fewestReads)
            #expect(reads == reads.sorted { $0.address < $1.address })
            if reads.count < wanted.count { mergedReads += 1 }
        }
        #expect(mergedReads > 1000)
    }
}

/// The least number of reads by trying all of them: each permitted window of the limit's length or less, over the set of
/// wanted spans that it holds whole, with no register in two reads.
private struct Exhaustive {
    let wanted: [Set<Int>]
    let permitted: Set<Int>
    let limit: Int

    init(_ wanted: [RegisterSpan], _ readable: [RegisterSpan], limit: Int) {
        self.wanted = wanted.map { Set($0.addresses) }
        permitted = Set((wanted + readable).flatMap(\.addresses))
        self.limit = limit
    }

    var fewestReads: Int? { fewest(from: 0) }

    /// The fewest reads for the wanted spans that begin at `address` or behind it, none before it.
    private func fewest(from address: Int) -> Int? {
        let rest = wanted.filter { ($0.min() ?? 0) >= address }
        guard let first = rest.compactMap({ $0.min() }).min() else { return 0 }
        var best: Int?
        for end in first + 1...first + limit {
            let window = first..<end
            guard window.allSatisfy(permitted.contains) else { break }
            // A span that the window cuts could be in no read as a whole without a register being read twice.
            guard rest.allSatisfy({ $0.isSubset(of: window) || $0.isDisjoint(with: window) }) else { continue }
            guard let others = fewest(from: end) else { continue }
            best = min(best ?? .max, others + 1)
        }
        return best
    }
}
