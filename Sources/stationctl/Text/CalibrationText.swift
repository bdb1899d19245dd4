import Hardware
import MaterialModel
import ModelTraining
import StationConfig
import Vocabulary

/// What the known items show, item by item.
func adaptationText(_ adaptation: ModelAdaptation) -> String {
    var table = Table([
        ("known item", .left), ("material", .left), ("placements", .right), ("named before", .left),
        ("its own", .right), ("decided", .left), ("left out and named after", .left), ("its own", .right),
        ("decided", .left),
    ])
    table.rows = adaptation.items.map { item in
        [item.object, item.material.rawValue, "\(item.placements)"] + cells(item.before) + cells(item.after)
    }
    return "\(table.render())\n\n\(figuresText(adaptation))"
}

private func cells(_ verdict: ModelAdaptation.Verdict) -> [String] {
    [
        verdict.named?.rawValue ?? Table.nothing, decimalText(verdict.probability, digits: 3),
        verdict.isDecided ? "yes" : "no",
    ]
}

private func figuresText(_ adaptation: ModelAdaptation) -> String {
    let (before, after, count) = (adaptation.before, adaptation.after, adaptation.items.count)
    return pairsText([
        ("named rightly", "\(before.right) of \(count) before, \(after.right) after"),
        ("decided by the spectrum alone", "\(before.decided) before, \(after.decided) after"),
        ("of these right", "\(before.decidedRight) before, \(after.decidedRight) after"),
        (
            "log loss (less is better)",
            "\(decimalText(before.logLoss, digits: 3)) before, \(decimalText(after.logLoss, digits: 3)) after"
        ),
        (
            "probabilities softened",
            adaptation.softening < 1
                ? "to the power \(decimalText(adaptation.softening, digits: 2)): on this head it is surer than right"
                : "no"
        ),
    ])
}

/// How a calibration ended, and what to do next.
struct CalibrationOutcome: Codable, Hashable {
    enum Ending: String, Codable, Hashable {
        case written
        /// The known items show no benefit.
        case notBetter
        /// The same, and it was asked for all the same.
        case forced
    }
    var ending: Ending
    var file: String
    /// Of the adapted model; nil if it was not written.
    var sha256: String?
    var adaptation: ModelAdaptation
}

/// - Parameters:
///   - path: of the adapted model, as the configuration can name it.
///   - config: the station's configuration, if it was named.
func calibrationText(_ outcome: CalibrationOutcome, path: String, head: NIRHeadKind, config: String?) -> String {
    let configuration = config ?? "the station's configuration"
    let advice =
        "Put `model: \(path)` into \(configuration), look at it with `stationctl config check`, and restart "
        + "the daemon with `systemctl restart return-station`: a reload does not change the model."
    let end =
        switch outcome.ending {
        case .written: "\(outcome.file) was written. \(advice)"
        case .forced:
            "\(outcome.file) was written because of --force, although \(noBenefit(outcome.adaptation, head)). \(advice)"
        case .notBetter:
            "Nothing was written: \(noBenefit(outcome.adaptation, head)). Keep the model as it is. With more known "
                + "items the result may be another; --force writes the file all the same."
        }
    return ([adaptationText(outcome.adaptation), end] + [warning(outcome.adaptation)].compactMap(\.self))
        .joined(separator: "\n\n")
}

/// Nil if all is well.
private func warning(_ adaptation: ModelAdaptation) -> String? {
    let wrong = adaptation.after.decided - adaptation.after.decidedRight
    guard wrong > 0 else { return nil }
    return "\(wrong) of the \(adaptation.items.count) known items would still be decided wrongly by a model that was "
        + "calibrated without: it is too sure on this head. Check the head's window and tile, and the items' "
        + "materials; measure more items, and calibrate again."
}

private func noBenefit(_ adaptation: ModelAdaptation, _ head: NIRHeadKind) -> String {
    switch head {
    case .spectrometer:
        adaptation.before.decidedRight == adaptation.items.count
            ? "the model decides all known items rightly as it is, and needs no calibration"
            : "calibrated, the model decides no more of the known items rightly than before"
    case .led8: "calibrated, the model is no surer of what the known items are than before"
    }
}

/// Why a head gave nothing, for a person beside it.
func headSentence(_ failure: HeadConsole.Failure, of device: DeviceSettings, on bus: BusSettings) -> String {
    let label = "unit \(device.unit) (\(device.id))"
    switch failure {
    case .exchange(let failure): return failureSentence(failure, label, on: bus)
    case .reading(let failure):
        return switch failure {
        case .refused:
            "The head \(device.id) refuses: its lamp has failed, or its tile does not move. Look at the head."
        case .timeout: "The head \(device.id) answers and does not get ready in time. Switch it off and on."
        case .implausible, .badFrame:
            "The head \(device.id) answers otherwise than its driver expects: another kind of head, or another device. "
                + "Try `stationctl config check --probe`."
        case .unstable: "Somebody else measures with the head \(device.id) at the same time. End that, and try again."
        case .notConnected: "The head \(device.id) is not connected. Check its cable."
        }
    }
}
