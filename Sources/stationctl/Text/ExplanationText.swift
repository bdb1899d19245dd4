import OperatorAPI
import Vocabulary

/// Why an item was recognised as it was, for a technician.
func explanationText(_ found: ReturnExplanation) -> String {
    let now = found.result
    var evidence = Table([("without", .left), ("result", .left), ("confidence", .right), ("likeliest", .left)])
    evidence.rows =
        [["nothing", resultText(now), percentText(permille: now.confidencePermille), candidatesText(now)]]
        + found.without.map { entry in
            guard !entry.isSilent else { return [entry.piece.rawValue, "the same", "", ""] }
            let other = entry.result
            return [
                entry.piece.rawValue, resultText(other), percentText(permille: other.confidencePermille),
                candidatesText(other),
            ]
        }
    let head = pairsText([
        ("entry", "\(found.sequence)"),
        ("time", timeText(unixMilliseconds: found.unixMilliseconds)),
        ("decided", decisionText(found.decision)),
    ])
    let spectrum = found.spectrum.map { spectrumText($0, found.model) } ?? "no spectrum was read"
    return [head, evidence.render(), spectrum].joined(separator: "\n\n")
}

private func decisionText(_ decision: ReturnExplanation.Decision) -> String {
    let what = [decision.packagingType?.rawValue, decision.material.rawValue, decision.stream?.rawValue]
        .compactMap(\.self).joined(separator: ", ")
    let sure = percentText(permille: decision.confidencePermille)
    guard let reason = decision.reason else {
        let mass = decision.massMilligrams.map { gramsText(milligrams: $0) } ?? Table.nothing
        return "\(what), \(mass) g, into the bin \(decision.bin?.rawValue ?? Table.nothing), \(sure)"
    }
    let way = decision.isWithdrawn ? "taken back" : "handed back"
    return "\(way) (\(reason.rawValue)), likeliest \(what), \(sure)"
}

private func resultText(_ result: ReturnExplanation.Result) -> String {
    if let unknown = result.unknown { return "unknown (\(unknown.rawValue))" }
    return [result.material?.rawValue, result.stream?.rawValue].compactMap(\.self).joined(separator: ", ")
}

private func candidatesText(_ result: ReturnExplanation.Result) -> String {
    result.candidates.map { "\($0.material.rawValue) \(percentText(permille: $0.probabilityPermille))" }
        .joined(separator: ", ")
}

/// The spectrum by itself: what it was read as, how near it is to each class, and its curve beside the likeliest.
private func spectrumText(_ found: ReturnExplanation.SpectrumShown, _ model: ReturnExplanation.Model) -> String {
    var parts = [
        pairsText([
            ("spectrum", "\(found.reading) to the \(model.head.rawValue) model \(model.hash.prefix(12))"),
            ("placements", "\(found.placements)"),
            (
                "novelty score",
                found.novelty.map { novelty in
                    decimalText(novelty, digits: 3)
                        + (found.leastNovelty.map { ", refused below \(decimalText($0, digits: 3))" } ?? "")
                } ?? Table.nothing
            ),
            (
                "contrast",
                decimalText(found.contrast, digits: 4)
                    + (found.leastContrast.map { ", unreadable if refused below \(decimalText($0, digits: 4))" } ?? "")
            ),
        ])
    ]
    guard let likeliest = found.classes.first else { return parts[0] }
    var classes = Table([("class", .left), ("probability", .right), ("off its mean", .right)])
    classes.rows = found.classes.map { entry in
        [
            entry.material.rawValue, decimalText(entry.probability, digits: 4),
            "\(decimalText(entry.meanDeviation, digits: 2)) spreads",
        ]
    }
    parts.append(classes.render())
    let runnerUp = found.classes.dropFirst().first?.material.rawValue ?? Table.nothing
    var curve = Table([
        ("nm", .right), ("item", .right), (likeliest.material.rawValue, .right), ("spread", .right),
        (runnerUp, .right), ("", .left),
    ])
    curve.rows = found.curve.map { point in
        let off = abs(point.item - point.likeliest.mean) / max(point.likeliest.spread, 1e-6)
        return [
            decimalText(point.nanometres, digits: 1), decimalText(point.item, digits: 2),
            decimalText(point.likeliest.mean, digits: 2), decimalText(point.likeliest.spread, digits: 2),
            decimalText(point.runnerUp.mean, digits: 2),
            // A mark for each spread beyond the usual two.
            String(repeating: "*", count: min(max(Int(off) - 1, 0), 5)),
        ]
    }
    parts.append(curve.render())
    return parts.joined(separator: "\n\n")
}
