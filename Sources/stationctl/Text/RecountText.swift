import Ledger

/// `stationctl ledger recount` for people.
func recountText(_ found: LedgerRecount, directory: String) -> String {
    let place = "The ledger of station \(found.identity.station) in \(directory)"
    guard found.areCurrent else {
        return """
            \(place), counted again up to entry \(found.lastSequence), has no tables of this version to compare with; \
            they are rebuilt at the daemon's next start.
            """
    }
    let verdict = found.agrees ? "says" : "does NOT say"
    var tables = Table([("TABLE", .left), ("STORED ROWS", .right), ("RECOUNTED ROWS", .right), ("DIFFER", .right)])
    tables.rows = found.tables.map {
        [$0.name, "\($0.storedRows)", "\($0.recountedRows)", "\($0.differingRows)"]
    }
    let title = "\(place) \(verdict) in its tables what its \(found.lastSequence) entries say."
    guard !found.agrees else { return "\(title)\n\(tables.render())" }
    return [title, tables.render(), "", differencesText(found), whatToDo].joined(separator: "\n")
}

private let whatToDo =
    "Nothing was changed. The entries are the truth if `stationctl ledger verify` finds no other problem; tell support."

private func differencesText(_ found: LedgerRecount) -> String {
    var table = Table([
        ("TABLE", .left), ("ROW", .left), ("COLUMN", .left), ("STORED", .right), ("RECOUNTED", .right),
    ])
    table.rows = found.differences.map {
        [$0.table, $0.row, $0.column, $0.stored ?? Table.nothing, $0.recounted ?? Table.nothing]
    }
    let shown = Int64(Set(found.differences.map { [$0.table, $0.row] }).count)
    let hidden = found.differingRows - shown
    return hidden > 0 ? "\(table.render())\nand \(hidden) more rows, not shown" : table.render()
}
