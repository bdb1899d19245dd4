import ModelTraining
import Vocabulary

/// A model's verdicts on objects, for a terminal.
func heldOutText(_ found: HeldOut) -> String {
    let model = found.model
    let trained =
        model.sha256.map { "model \($0.prefix(12)) of \(model.trainedOn.joined(separator: ", "))" }
        ?? "trained now on \(model.trainedObjects) objects of \(model.trainedOn.joined(separator: ", "))"
    var lines = [
        "\(found.data.name): \(found.data.objects) objects, \(found.data.scans) scans, judged by the \(trained)"
    ]
    if model.leftOutOfTraining > 0 {
        lines.append("\(model.leftOutOfTraining) objects of the data were left out of the training.")
    }
    if model.sha256 != nil {
        lines.append("Figures of objects that the model was trained on are favourable for it.")
    }
    if !found.data.unusedLines.isEmpty { lines.append("\(found.data.unusedLines.count) lines were not used.") }
    return [
        lines.joined(separator: "\n"), verdictTable(found.objects, materials: model.materials),
        "all placements of an object in one verdict:\n" + summaryText(found.byObject, materials: model.materials),
        "each session of an object by itself:\n" + summaryText(found.byObjectAndSession, materials: model.materials),
        sessionTable(found.sessions),
        pairsText([
            ("accuracy by single scan", share(found.scans.accuracy)),
            ("with 2 % error of the white reference", share(found.scans.accuracyWithReferenceError)),
        ]),
    ].joined(separator: "\n\n")
}

private func verdictTable(_ verdicts: [ObjectVerdict], materials: [Material]) -> String {
    var table = Table([
        ("object", .left), ("material", .left), ("placements", .right), ("reading", .left), ("named", .left),
        ("confidence", .right), ("novelty", .right), ("contrast", .right), ("decided", .left), ("", .left),
    ])
    table.rows = verdicts.map { verdict in
        [
            verdict.object, verdict.material.lowercased(), String(verdict.placements), verdict.reading,
            verdict.named?.rawValue ?? Table.nothing, decimalText(verdict.confidence, digits: 3),
            verdict.novelty.map { decimalText($0, digits: 3) } ?? Table.nothing,
            decimalText(verdict.contrast, digits: 4), verdict.decided ? "yes" : "no",
            verdict.right == false ? "wrong" : "",
        ]
    }
    return table.render()
}

/// The figures of some verdicts.
func summaryText(_ found: VerdictSummary, materials: [Material]) -> String {
    var pairs: [(name: String, value: String)] = []
    if found.known > 0 {
        pairs += [
            ("named rightly", "\(found.right) of \(found.known), \(share(found.accuracy, found.accuracyInterval))"),
            ("decided", "\(found.decided) of \(found.known), \(share(found.decidedShare, found.decidedShareInterval))"),
            ("of these right", "\(found.decidedRight) of \(found.decided), \(share(found.decidedAccuracy))"),
            ("decided with 99 % of them right", share(found.decidedAt99, found.decidedAt99Interval)),
            ("expected calibration error", share(found.calibrationError, found.calibrationErrorInterval)),
            (
                "accuracy when only the surest are decided",
                found.acceptReject.map {
                    "\(decimalText($0.share * 100, digits: 0)) %: \(decimalText($0.accuracy, digits: 3))"
                }.joined(separator: ", ")
            ),
            (
                "confidence and accuracy by tenth",
                found.reliability.map {
                    "\(decimalText($0.confidence, digits: 2)): \(decimalText($0.accuracy, digits: 2)) (\($0.count))"
                }.joined(separator: ", ")
            ),
        ]
    }
    if found.foreign > 0 {
        pairs.append(("foreign objects refused", "\(found.foreignRefused) of \(found.foreign)"))
        if let at95 = found.foreignRefusedAt95 {
            pairs.append(("of these with 95 % decided", decimalText(at95, digits: 3)))
        }
    }
    if found.unlabelled > 0 {
        pairs.append(("of unknown material refused", "\(found.unlabelledRefused) of \(found.unlabelled)"))
    }
    var confusion = Table([("is / named", .left)] + materials.map { ($0.rawValue, .right) })
    confusion.rows = zip(materials, found.confusion).map { [$0.rawValue] + $1.map(String.init) }
    return pairsText(pairs) + (found.known > 0 ? "\n\n" + confusion.render() : "")
}

private func sessionTable(_ sessions: [HeldOut.Session]) -> String {
    var table = Table([
        ("session", .left), ("known", .right), ("right", .right), ("decided", .right), ("foreign", .right),
        ("refused", .right), ("unknown", .right), ("refused", .right),
    ])
    table.rows = sessions.map { entry in
        let found = entry.summary
        return [
            entry.session, String(found.known), share(found.accuracy), share(found.decidedShare),
            String(found.foreign), String(found.foreignRefused), String(found.unlabelled),
            String(found.unlabelledRefused),
        ]
    }
    return table.render()
}

private func share(_ value: Double?, _ interval: VerdictSummary.Interval? = nil) -> String {
    guard let value else { return Table.nothing }
    let text = decimalText(value, digits: 3)
    guard let interval else { return text }
    return "\(text) (\(decimalText(interval.low, digits: 3)) to \(decimalText(interval.high, digits: 3)))"
}

/// Leave-one-out, for a terminal.
func leaveOneOutText(_ found: LeaveOneOutReport) -> String {
    let refused = found.objects.filter { !$0.decided && $0.label.place != nil }
    let accepted = found.foreign.filter(\.decided)
    func list(_ verdicts: [ObjectVerdict], _ text: (ObjectVerdict) -> String) -> String {
        verdicts.isEmpty ? "none" : verdicts.map(text).joined(separator: ", ")
    }
    return [
        "\(found.data): \(found.head.phrase)", evaluationText(found.evaluation),
        pairsText([
            ("not decided", list(refused) { "\($0.object) (\($0.reading))" }),
            ("foreign and decided", list(accepted) { "\($0.object) (\($0.material.lowercased()))" }),
        ]), summaryText(found.summary, materials: found.materials),
    ].joined(separator: "\n\n")
}
