import Ledger
import OperatorAPI
import Vocabulary

/// `stationctl ledger reclassify` for people.
func reclassificationText(_ found: Reclassification, _ rules: Rules, _ header: ExportHeader) -> String {
    let title =
        "Entries \(header.first) to \(header.last) of the ledger of station \(header.identity.station) under catalogue "
        + "\(rules.classifier.catalogue.version) (\(rules.catalogueFile)) and model \(rules.modelFile):"
    var parts = [title + "\n" + summaryText(found), pairsText(found), countsText(found)].compactMap(\.self)
    if found.changed > 0 { parts.append(changesText(found)) }
    return (parts + ["Nothing was changed."]).joined(separator: "\n\n")
}

private func summaryText(_ found: Reclassification) -> String {
    let momentary = found.momentary.sorted { $0.key < $1.key }
    let reasons = list(momentary.map { "\($0.key) \($0.value)" })
    return pairsText([
        ("decided again", "\(found.replayed)"),
        ("  otherwise", "\(found.changed)"),
        ("  only with another confidence", "\(found.otherConfidence)"),
        ("readings pruned", "\(found.withoutReadings)"),
        ("decided by the moment", "\(momentary.map(\.value).reduce(0, +)) (\(reasons))"),
    ])
}

/// Nil if nothing was decided again.
private func pairsText(_ found: Reclassification) -> String? {
    guard !found.pairs.isEmpty else { return nil }
    var table = Table([("STORED", .left), ("NOW", .left), ("ITEMS", .right), ("CHANGED", .right)])
    table.rows = found.sortedPairs.map { pair, tally in
        [pair.stored, pair.replayed, "\(tally.decisions)", "\(tally.changed)"]
    }
    return table.render()
}

/// Nil if nothing was accepted on either side.
private func countsText(_ found: Reclassification) -> String? {
    guard !found.counts.isEmpty else { return nil }
    var table = Table([
        ("ACCEPTED", .left), ("MATERIAL", .left), ("STREAM", .left), ("UNITS", .right), ("NOW", .right), ("g", .right),
        ("NOW", .right),
    ])
    table.rows = found.sortedCounts.map { key, counts in
        [
            key.packagingType?.rawValue ?? Table.nothing, key.material.rawValue, key.stream.rawValue,
            "\(counts.stored.units)", "\(counts.replayed.units)", gramsText(milligrams: counts.stored.massMilligrams),
            gramsText(milligrams: counts.replayed.massMilligrams),
        ]
    }
    return table.render()
}

private func changesText(_ found: Reclassification) -> String {
    var table = Table([("ENTRY", .right), ("TIME", .left), ("STORED", .left), ("NOW", .left)])
    table.rows = found.changes.map { change in
        [
            "\(change.sequence)", timeText(unixMilliseconds: change.unixMilliseconds), change.stored.details,
            change.replayed.details,
        ]
    }
    let hidden = found.changed - Int64(found.changes.count)
    return hidden > 0 ? "\(table.render())\nand \(hidden) more, shown with --changes all" : table.render()
}

extension Reclassification {
    var sortedPairs: [(Pair, Tally)] {
        pairs.sorted { ($0.key.stored, $0.key.replayed) < ($1.key.stored, $1.key.replayed) }.map { ($0.key, $0.value) }
    }

    var sortedCounts: [(CountKey, Counts)] {
        func order(_ key: CountKey) -> (String, String, String) {
            (key.packagingType?.rawValue ?? "", key.material.rawValue, key.stream.rawValue)
        }
        return counts.sorted { order($0.key) < order($1.key) }.map { ($0.key, $0.value) }
    }
}
