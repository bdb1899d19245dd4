import ModelTraining
import Vocabulary

/// `stationctl model evaluate --transfer`, for a terminal.
func transferText(_ found: Transfer) -> String {
    var plain = Table([
        ("session", .left), ("objects", .right), (found.materials.map(\.rawValue).joined(separator: " "), .left),
        ("learned from", .right), ("right", .right), ("by one placement", .right), ("decided", .right),
        ("of these right", .right),
    ])
    plain.rows = found.sessions.map { session in
        let figures = session.uncalibrated
        return [
            session.session, "\(session.objects.reduce(0, +))",
            session.objects.map(String.init).joined(separator: " "), "\(session.trainedObjects)",
            number(figures.accuracy), number(figures.accuracyOfOne), number(figures.decidedShare),
            number(figures.decidedAccuracy),
        ]
    }
    return
        ([
            """
            \(found.data): \(found.head.phrase), each session by a model that was learned without its objects; then \
            calibrated by known items, drawn \(Transfer.draws) times, and judged on all others of the session
            """,
            "as it is:\n\(plain.render())",
            "calibrated, as a mean over the draws; the same objects before -> after:\n\(calibratedTable(found))",
            meanTable(found),
        ] + [found.notJudged.map { "not judged: \($0)" }.joined(separator: "\n")].filter { !$0.isEmpty })
        .joined(separator: "\n\n")
}

private func calibratedTable(_ found: Transfer) -> String {
    var table = Table([
        ("session", .left), ("known of each", .right), ("judged", .right), ("right", .left), ("8 draws in 10", .left),
        ("draws worse", .right), ("by one placement", .left), ("decided", .left), ("of these right", .left),
        ("draws written", .right), ("right as written", .right),
    ])
    table.rows = found.sessions.flatMap { session in
        session.calibrated.map { row in
            let (before, after) = (row.before, row.after)
            return [
                session.session, "\(row.itemsPerClass)", "\(row.judged)", change(before.accuracy, after.accuracy),
                "\(number(row.afterLow)) to \(number(row.afterHigh))", number(row.worseShare),
                change(before.accuracyOfOne, after.accuracyOfOne), change(before.decidedShare, after.decidedShare),
                change(before.decidedAccuracy, after.decidedAccuracy), number(row.writtenShare),
                number(row.asWritten?.accuracy),
            ]
        }
    }
    return table.render()
}

/// Each session counts the same, however many objects it has.
private func meanTable(_ found: Transfer) -> String {
    let rows = found.sessions.flatMap(\.calibrated)
    var table = Table([
        ("mean of sessions, known of each", .left), ("sessions", .right), ("right", .left),
        ("by one placement", .left), ("decided", .left), ("right as written", .right),
    ])
    table.rows = Set(rows.map(\.itemsPerClass)).sorted().map { count in
        let these = rows.filter { $0.itemsPerClass == count }
        func mean(_ values: [Double]) -> Double? {
            values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
        return [
            "\(count)", "\(these.count)", change(mean(these.map(\.before.accuracy)), mean(these.map(\.after.accuracy))),
            change(mean(these.map(\.before.accuracyOfOne)), mean(these.map(\.after.accuracyOfOne))),
            change(mean(these.map(\.before.decidedShare)), mean(these.map(\.after.decidedShare))),
            number(mean(these.compactMap { $0.asWritten?.accuracy })),
        ]
    }
    return table.render()
}

private func change(_ before: Double?, _ after: Double?) -> String { "\(number(before)) -> \(number(after))" }

private func number(_ value: Double?) -> String { value.map { decimalText($0, digits: 2) } ?? Table.nothing }
