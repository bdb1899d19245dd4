import OperatorAPI
import Vocabulary

/// The answer to `stationctl ledger correct` for people.
func correctionText(_ answer: CorrectionAnswer) -> String {
    guard answer.taken else { return "Refused: \(answer.message)" }
    return answer.message + "\n"
        + pairsText([("  counted", countedText(answer.was)), ("  counts now", countedText(answer.becomes))])
}

/// `committed, cup-300, pp, reuse, 35.120 g, in the hour of 2026-09-21 14:00:00Z`.
private func countedText(_ item: CountedItem?) -> String {
    guard let item else { return "nothing" }
    let words = [
        item.outcome.rawValue, item.packagingType?.rawValue ?? "unlisted", item.material.rawValue,
        item.stream?.rawValue ?? "no stream", "\(gramsText(milligrams: item.massMilligrams)) g",
        "in the hour of \(timeText(unixMilliseconds: item.unixHour &* 3_600_000))",
    ]
    return words.joined(separator: ", ")
}
