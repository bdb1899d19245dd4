import Ledger
import MaterialModel
import Vocabulary

/// Why an item was recognised as it was, for a technician.
func explanationText(
    _ found: ClassificationExplanation, of decision: StoredDecision, _ model: SpectralModel
) -> String {
    let now = found.classification
    var evidence = Table([("without", .left), ("result", .left), ("confidence", .right), ("likeliest", .left)])
    evidence.rows =
        [["nothing", resultText(now), percentText(permille: now.confidencePermille), candidatesText(now)]]
        + found.without.map { entry in
            guard !entry.isSilent else { return [entry.piece.rawValue, "the same", "", ""] }
            let other = entry.classification
            return [
                entry.piece.rawValue, resultText(other), percentText(permille: other.confidencePermille),
                candidatesText(other),
            ]
        }
    let head = pairsText([
        ("entry", "\(decision.sequence)"),
        ("time", timeText(unixMilliseconds: decision.wallTime.unixMilliseconds)),
        ("decided", decision.verdict.details),
    ])
    let spectrum = found.spectrum.map { spectrumText($0, model) } ?? "no spectrum was read"
    return [head, evidence.render(), spectrum].joined(separator: "\n\n")
}

private func resultText(_ classification: Classification) -> String {
    switch classification.result {
    case .unknown(let reason): "unknown (\(reason.rawValue))"
    case .identified(let item): "\(item.material.rawValue), \(item.stream.rawValue)"
    }
}

private func candidatesText(_ classification: Classification) -> String {
    classification.candidates.map { "\($0.material.rawValue) \(percentText(permille: $0.probabilityPermille))" }
        .joined(separator: ", ")
}

/// The spectrum by itself: what it was read as, how near it is to each class, and its curve beside the likeliest.
private func spectrumText(_ found: SpectralExplanation, _ model: SpectralModel) -> String {
    let judgement = found.judgement
    var parts = [
        pairsText([
            ("spectrum", "\(judgement.reading.word) to the \(model.head.rawValue) model \(model.hash.prefix(12))"),
            (
                "novelty score",
                judgement.novelty.map { novelty in
                    decimalText(novelty, digits: 3)
                        + (found.leastNovelty.map { ", refused below \(decimalText($0, digits: 3))" } ?? "")
                } ?? Table.nothing
            ),
            (
                "contrast",
                decimalText(judgement.contrast, digits: 4)
                    + (found.leastContrast.map { ", unreadable if refused below \(decimalText($0, digits: 4))" } ?? "")
            ),
        ])
    ]
    guard !found.ranking.isEmpty else { return parts[0] }
    var classes = Table([("class", .left), ("probability", .right), ("off its mean", .right)])
    classes.rows = found.ranking.map { entry in
        [
            entry.material.rawValue, decimalText(entry.probability, digits: 4),
            "\(decimalText(entry.meanDeviation, digits: 2)) spreads",
        ]
    }
    parts.append(classes.render())
    let name = found.ranking[0].material.rawValue
    var curve = Table([("nm", .right), ("item", .right), (name, .right), ("spread", .right), ("", .left)])
    curve.rows = found.features.map { feature in
        let off = abs(feature.value - feature.classMean) / max(feature.classSpread, 1e-6)
        return [
            decimalText(feature.nanometres, digits: 1), decimalText(feature.value, digits: 2),
            decimalText(feature.classMean, digits: 2), decimalText(feature.classSpread, digits: 2),
            // A mark for each spread beyond the usual two.
            String(repeating: "*", count: min(max(Int(off) - 1, 0), 5)),
        ]
    }
    parts.append(curve.render())
    return parts.joined(separator: "\n\n")
}
