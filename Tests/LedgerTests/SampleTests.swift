import Station
import Testing
import Vocabulary

@testable import Ledger

/// The first and the newest items of each type, for whoever compares what devices read then and now.
@Suite struct SampleTests {
    /// Entry 1 is the start; then the types' items in this order, each accepted and ended: 2, 4, 6 and so on.
    private static func ledger(
        _ types: [PackagingTypeID?], _ body: (LedgerReader, LedgerWriter, Bench) throws -> Void
    ) throws {
        let bench = try Bench()
        let writer = try bench.writer()
        var records = [Samples.started]
        for (place, type) in types.enumerated() {
            var acceptance = Samples.cup
            acceptance.identification.packagingType = type
            records.append(
                .accepted(
                    AcceptanceRecord(
                        passage: PassageID(rawValue: Int64(place)), acceptance: acceptance, evidence: Evidence())))
            records.append(Samples.ended(Int64(2 * place + 2), acceptance))
        }
        for record in records { writer.append(RecordToken(rawValue: 1), record) }
        writer.performWaiting()
        try body(LedgerReader(directory: bench.directory), writer, bench)
        writer.stop()
    }

    private static func sample(
        _ reader: LedgerReader, after sequence: Int64 = 0, first: Int = 2, types: Int = 64, newest: Int = 1
    ) throws -> [Int64] {
        var found: [Int64] = []
        try reader.visitSample(after: sequence, firstOfEachType: first, typesLimit: types, newest: newest) {
            found.append($0.sequence)
        }
        return found
    }

    @Test func `the first of each type and the newest of all come, oldest first`() throws {
        try Self.ledger(["a", "a", "a", "b", "a", "b", "b", "a"]) { (reader, _, _) throws in
            #expect(try Self.sample(reader) == [2, 4, 8, 12, 16])
            #expect(try Self.sample(reader, first: 1, newest: 3) == [2, 8, 12, 14, 16])
            #expect(try Self.sample(reader, first: 1, types: 1, newest: 0) == [2])
            #expect(try Self.sample(reader, after: 4, first: 1, newest: 0) == [6, 8])
            #expect(try Self.sample(reader, after: 17) == [])
        }
    }

    @Test func `unlisted and refused items are left out, and those that were corrected`() throws {
        try Self.ledger(["a", nil, "a", "a"]) { (reader, writer, _) throws in
            for record in [Samples.refused, Samples.refusedHeavy] { writer.append(RecordToken(rawValue: 1), record) }
            let was = CountedItem(
                unixHour: 1_790_000_000 / 3600, packagingType: "a", material: Samples.cup.identification.material,
                stream: Samples.cup.identification.stream, outcome: .committed,
                massMilligrams: Samples.cup.identification.massMilligrams)
            writer.append(
                RecordToken(rawValue: 1),
                .corrected(CorrectionRecord(correctedSequence: 7, by: "anna", why: "a bottle", was: was, becomes: nil)))
            writer.performWaiting()
            #expect(try Self.sample(reader, first: 9, newest: 9) == [2, 8])
        }
    }

    @Test func `an empty ledger has no sample`() throws {
        try Self.ledger([]) { (reader, _, _) throws in
            let found = try Self.sample(reader)
            #expect(found.isEmpty)
        }
    }
}
