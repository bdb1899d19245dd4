import ClusterAPI
import GRDB
import Vocabulary

/// The true hours of items that were recorded before the clock was trusted.
enum HoursCorrection {
    /// A correction of the first entries of this boot that wait for one, at most `limit`; nil if none does.
    static func next(boot: String, anchor: Stamp, limit: Int, _ db: Database) throws -> HoursRecord? {
        let rows = try UntimedTable.rows(boot: boot, limit: limit, db)
        guard let first = rows.first, let last = rows.last else { return nil }
        let anchor = ClockAnchor(
            monotonicNanoseconds: anchor.instant.nanoseconds, unixMilliseconds: anchor.wallTime.unixMilliseconds)
        return HoursRecord(
            first: first.sequence, last: last.sequence, boot: boot, anchor: anchor,
            moves: try moves(of: rows, anchor, db))
    }

    /// What is wrong with a correction, given what is counted before it; nil if nothing is.
    static func problem(_ hours: HoursRecord, in entry: LedgerEntry, _ db: Database) throws -> String? {
        guard hours.boot == entry.bootID, entry.clockTrusted == 1, hours.last < entry.sequence else {
            return "corrects hours of another boot, of entries after it, or by a clock that was not trusted"
        }
        let rows = try UntimedTable.rows(boot: hours.boot, from: hours.first, to: hours.last, db)
        guard try moves(of: rows, hours.anchor, db) == hours.moves else {
            return "does not move what its range and its anchor say"
        }
        return nil
    }

    /// Call it after the moves have been counted.
    static func apply(_ hours: HoursRecord, _ db: Database) throws {
        for row in try UntimedTable.rows(boot: hours.boot, from: hours.first, to: hours.last, db) {
            let time = trueTime(of: row, hours.anchor)
            if row.sequence == row.passageSequence {
                try db.cachedStatement(
                    sql: "UPDATE returns SET unix_milliseconds = ?, time_trusted = 1 WHERE sequence = ?"
                ).execute(arguments: [time.unixMilliseconds, row.passageSequence])
            }
            if row.counts {
                try db.cachedStatement(sql: "UPDATE returns SET unix_hour = ? WHERE sequence = ?")
                    .execute(arguments: [time.unixHour, row.passageSequence])
            }
        }
        try UntimedTable.remove(boot: hours.boot, from: hours.first, to: hours.last, db)
    }

    private static func trueTime(of row: UntimedTable.Row, _ anchor: ClockAnchor) -> WallTime {
        WallTime(
            unixMilliseconds: anchor.unixMilliseconds(atMonotonic: row.monotonicNanoseconds), isTrusted: true)
    }

    private struct Move: Hashable {
        var key: TotalKey
        var toHour: Int64
    }

    /// Added up: many items of one kind are one move.
    private static func moves(
        of rows: [UntimedTable.Row], _ anchor: ClockAnchor, _ db: Database
    ) throws -> [HourMove] {
        var sums: [Move: (units: Int64, massMilligrams: Int64)] = [:]
        for row in rows where row.counts {
            guard case .counts(let item)? = try Corrections.state(ofPassage: row.passageSequence, db) else { continue }
            let hour = trueTime(of: row, anchor).unixHour
            guard hour != item.unixHour else { continue }
            let sum = sums[Move(key: TotalKey(item), toHour: hour)] ?? (0, 0)
            sums[Move(key: TotalKey(item), toHour: hour)] = (sum.units + 1, sum.massMilligrams + item.massMilligrams)
        }
        return sums.sorted { ($0.key.key, $0.key.toHour) < ($1.key.key, $1.key.toHour) }.map { move, sum in
            HourMove(
                fromHour: move.key.unixHour, toHour: move.toHour, packagingType: move.key.packagingType,
                material: move.key.material, stream: move.key.stream, outcome: move.key.outcome, units: sum.units,
                massMilligrams: sum.massMilligrams)
        }
    }
}
