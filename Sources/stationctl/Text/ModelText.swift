import MaterialModel
import ModelTraining
import Vocabulary

/// What a model file states, for a terminal.
func modelText(_ model: SpectralModel, file: String, bytes: Int) -> String {
    let content = model.content
    let bands = content.bandsNanometres
    var pairs: [(name: String, value: String)] = [
        ("model", file), ("head", model.head.phrase), ("sha256", model.hash), ("size", "\(bytes) bytes"),
        ("bands", "\(bands.count), \(bands.first ?? 0) to \(bands.last ?? 0) nm"),
        ("origin", content.training.origin), ("licence", content.training.licence),
        (
            "trained on",
            "\(content.training.objects) objects, \(content.training.scans) scans, seed \(content.training.seed)"
        ),
        ("sessions", content.training.sessions.joined(separator: ", ")),
    ]
    for source in content.training.files { pairs.append(("data", "\(source.name), sha256 \(source.sha256)")) }
    pairs += parameterPairs(model)
    var classes = Table([("class", .left), ("objects", .right)])
    classes.rows = content.classes.map { [$0.material.rawValue, String($0.objects)] }
    let adapted = content.adaptation.map { adaptation in
        let sessions = Set(adaptation.items.flatMap(\.sessions)).sorted().joined(separator: ", ")
        return "adapted to a head by \(adaptation.items.count) known items (\(sessions)), from the model "
            + "\(adaptation.baseSHA256), whose figures stand above:\n\n\(adaptationText(adaptation))"
    }
    return ([pairsText(pairs), classes.render(), evaluationText(content.evaluation)] + [adapted].compactMap(\.self))
        .joined(separator: "\n\n")
}

private func parameterPairs(_ model: SpectralModel) -> [(name: String, value: String)] {
    let limits = model.content.limits
    let own: [(name: String, value: String)]
    switch model.content.parameters {
    case .spectrometer(let parameters):
        let steps = parameters.preprocessing
        own = [
            ("channels", "\(steps.channelsNanometres.count), by straight lines between the bands"),
            (
                "preprocessing",
                "logarithm, mean of \(steps.binChannels), derivative \(steps.derivative) over "
                    + "\(steps.derivativeWindow) of order \(steps.derivativeOrder), standard normal variate"
            ),
            ("least novelty score", decimalText(parameters.leastNovelty, digits: 3)),
            ("unreadable below contrast", decimalText(parameters.leastContrast, digits: 4)),
            ("temperature", decimalText(parameters.temperature, digits: 2)),
        ]
    case .led8(let parameters):
        own = [
            ("preprocessing", "logarithm, standard normal variate, with a little of brightness and contrast"),
            (
                "calibration",
                perPlacements(parameters.calibrations) {
                    "sharpening \(decimalText($0.sharpening, digits: 2)), "
                        + "smoothing \(decimalText($0.smoothing, digits: 2))"
                }
            ),
            (
                "decided from probability",
                perPlacements(parameters.calibrations) { decimalText($0.decidingProbability, digits: 3) }
            ),
            ("novelty", "not tested: foreign materials are taken for one of the classes"),
        ]
    }
    return own + [
        ("unreadable below", "mean reflectance \(decimalText(limits.leastBrightness, digits: 3))"),
        ("flat below structure", decimalText(limits.leastStructure, digits: 4)),
        (
            "a class is excluded below probability",
            perPlacements(limits.excludedBelow) { decimalText($0, digits: 4) }
        ),
    ]
}

/// What differs by the number of placements; the last entry also stands for more of them.
private func perPlacements<Entry>(_ entries: [Entry], _ text: (Entry) -> String) -> String {
    entries.enumerated().map { number, entry in
        "\(number + 1)\(number + 1 == entries.count ? " or more" : ""): \(text(entry))"
    }.joined(separator: "; ")
}

/// The figures of an evaluation with their goals.
func evaluationText(_ evaluation: ModelEvaluation) -> String {
    var table = Table([("measure", .left), ("value", .right), ("95 % interval", .left), ("goal", .left)])
    table.rows = evaluation.figures.map { figure in
        let isCount = figure.measure.hasPrefix("wrong of")
        let interval = figure.low.flatMap { low in figure.high.map { (low, $0) } }
        return [
            figure.measure, decimalText(figure.value, digits: isCount ? 0 : 4),
            interval.map { "\(decimalText($0.0, digits: 3)) to \(decimalText($0.1, digits: 3))" } ?? Table.nothing,
            figure.goal ?? "",
        ]
    }
    let wrong = evaluation.wrong.isEmpty ? "none" : evaluation.wrong.joined(separator: "; ")
    return "evaluation: \(evaluation.method)\n\n\(table.render())\n\nnamed wrongly: \(wrong)"
}

/// A number with so many digits behind the point, 0 to 9.
func decimalText(_ value: Double, digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return "\(value)" }
    let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
    let whole = Int64((abs(value) * Double(scale)).rounded())
    let sign = value < 0 && whole != 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(whole)" }
    let rest = String(whole % Int64(scale))
    return "\(sign)\(whole / Int64(scale)).\(String(repeating: "0", count: digits - rest.count))\(rest)"
}
