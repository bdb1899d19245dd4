import OperatorAPI
import Vocabulary

/// `stationctl returns` for people.
func returnsText(_ rows: [ReturnRow]) -> String {
    guard !rows.isEmpty else { return "No item has been put in yet." }
    var table = Table([
        ("SEQUENCE", .right), ("TIME", .left), ("TYPE", .left), ("MATERIAL", .left), ("STREAM", .left), ("BIN", .left),
        ("MASS g", .right), ("CONFIDENCE", .right), ("OUTCOME", .left), ("CAUSE", .left),
    ])
    table.rows = rows.map { row in
        [
            "\(row.sequence)", timeText(unixMilliseconds: row.unixMilliseconds),
            row.packagingType?.rawValue ?? Table.nothing, row.material.rawValue, row.stream?.rawValue ?? Table.nothing,
            row.bin?.rawValue ?? Table.nothing, gramsText(milligrams: row.massMilligrams),
            percentText(permille: row.confidencePermille), row.outcome?.rawValue ?? "under way",
            row.cause ?? Table.nothing,
        ]
    }
    return table.render()
}

/// `stationctl totals` for people.
func totalsText(_ rows: [TotalRow]) -> String {
    guard !rows.isEmpty else { return "Nothing has been counted yet." }
    var table = Table([
        ("TYPE", .left), ("MATERIAL", .left), ("STREAM", .left), ("OUTCOME", .left), ("UNITS", .right),
        ("MASS g", .right),
    ])
    table.rows = rows.map { row in
        [
            row.packagingType?.rawValue ?? Table.nothing, row.material.rawValue, row.stream?.rawValue ?? Table.nothing,
            row.outcome.rawValue, "\(row.units)", gramsText(milligrams: row.massMilligrams),
        ]
    }
    return table.render()
}
