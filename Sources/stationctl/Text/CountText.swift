import OperatorAPI
import Vocabulary

/// `stationctl returns` for people.
func returnsText(_ rows: [ReturnRow]) -> String {
    guard !rows.isEmpty else { return "No item has been put in yet." }
    let hasRemarks = rows.contains { remark(on: $0) != nil }
    var table = Table([
        ("SEQUENCE", .right), ("TIME", .left), ("TYPE", .left), ("MATERIAL", .left), ("STREAM", .left), ("BIN", .left),
        ("MASS g", .right), ("CONFIDENCE", .right), ("OUTCOME", .left), ("CAUSE", .left),
    ])
    if hasRemarks { table.columns.append(("REMARK", .left)) }
    table.rows = rows.map { row in
        [
            "\(row.sequence)", timeText(unixMilliseconds: row.unixMilliseconds),
            row.packagingType?.rawValue ?? Table.nothing, row.material.rawValue, row.stream?.rawValue ?? Table.nothing,
            row.bin?.rawValue ?? Table.nothing, gramsText(milligrams: row.massMilligrams),
            percentText(permille: row.confidencePermille), row.outcome?.rawValue ?? "under way",
            row.cause ?? Table.nothing,
        ] + (hasRemarks ? [remark(on: row) ?? Table.nothing] : [])
    }
    return table.render()
}

/// What is not as it was written at first; nil if all is.
private func remark(on row: ReturnRow) -> String? {
    let remarks = [
        row.correctedBy.map { "\(row.isVoid == true ? "void" : "corrected") by \($0)" },
        row.isTimeEstimated == true ? "time estimated" : nil,
    ].compactMap(\.self)
    return remarks.isEmpty ? nil : remarks.joined(separator: ", ")
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
