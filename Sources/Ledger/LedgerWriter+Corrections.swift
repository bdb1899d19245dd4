import GRDB
import Synchronization
import Vocabulary

/// What came of a correction.
public struct StoredCorrection: Hashable, Sendable {
    /// Of the `corrected` entry.
    public var sequence: Int64
    public var record: CorrectionRecord
}

extension LedgerWriter {
    /// Stores that what counts of an item is something else, or nothing.
    ///
    /// - Parameters:
    ///   - sequence: of its acceptance, its outcome or its refusal.
    ///   - by: who says so.
    ///   - becomes: is told what counts now, or would count were it not void, and says what is to count; nil: nothing.
    ///     Called on the writer's thread, in the transaction.
    /// - Throws: `invalidRequest` with a sentence if there is nothing to correct; whatever `becomes` throws.
    public func correct(
        _ sequence: Int64, by: String, why: String,
        becomes: @escaping @Sendable (CountedItem) throws(LedgerError) -> CountedItem?
    ) async throws(LedgerError) -> StoredCorrection {
        let stored = Mutex<StoredCorrection?>(nil)
        try await finish("Correcting entry \(sequence)") { finish in
            .chained(
                ChainedTask(
                    stamp: stamp,
                    work: { appender, stamp, db in
                        let correction = try Self.append(sequence, by, why, becomes, &appender, stamp, db)
                        stored.withLock { $0 = correction }
                    },
                    finish: finish))
        }
        guard let correction = stored.withLock({ $0 }) else {
            throw LedgerError(.systemError, "Correcting entry \(sequence): nothing came of it. Tell support.")
        }
        return correction
    }

    /// As `correct`, on the caller's thread, of a writer that was not started.
    package func correctNow(
        _ sequence: Int64, by: String, why: String,
        becomes: @escaping @Sendable (CountedItem) throws(LedgerError) -> CountedItem?
    ) throws(LedgerError) {
        try finishNow("Correcting entry \(sequence)") { finish in
            .chained(
                ChainedTask(
                    stamp: stamp,
                    work: { appender, stamp, db in
                        _ = try Self.append(sequence, by, why, becomes, &appender, stamp, db)
                    },
                    finish: finish))
        }
    }

    private static func append(
        _ sequence: Int64, _ by: String, _ why: String,
        _ becomes: (CountedItem) throws(LedgerError) -> CountedItem?,
        _ appender: inout EntryAppender, _ stamp: Stamp, _ db: Database
    ) throws -> StoredCorrection {
        guard let (passage, counting) = try Corrections.passage(of: sequence, db) else {
            throw LedgerError(
                .invalidRequest,
                "Entry \(sequence) is not of an item: `stationctl returns` shows the numbers of items.")
        }
        guard let counting, let state = try Corrections.state(ofPassage: passage, db), let item = state.item else {
            throw LedgerError(
                .invalidRequest, "The item of entry \(sequence) is still under way: correct it when it has ended.")
        }
        let next = try becomes(item)
        guard next != state.counted else {
            throw LedgerError(
                .invalidRequest,
                "Nothing was corrected: entry \(counting) counts exactly this already\(next == nil ? ", nothing" : "")."
            )
        }
        let record = CorrectionRecord(
            correctedSequence: counting, by: by, why: why, was: state.counted, becomes: next)
        return StoredCorrection(sequence: try appender.append(.corrected(record), stamp, db), record: record)
    }
}
