import MaterialModel
import SmallNumerics
import Vocabulary

extension LeaveOneOut {
    /// The figures as a model file states them, with intervals of resampled objects.
    public func evaluation(head: NIRHeadKind, seed: UInt64) -> ModelEvaluation {
        let judged = known.compactMap(\.judged)
        func figure(_ measure: String, goal: String? = nil, _ of: ([Judged]) -> Double) -> ModelEvaluation.Figure {
            let interval = Scores.interval(judged, seed: seed, of)
            return .init(
                measure, short(of(judged)), low: interval.map { short($0.low) }, high: interval.map { short($0.high) },
                goal: goal)
        }
        let isSpectrometer = head == .spectrometer
        var figures = [
            figure("accuracy by object", goal: isSpectrometer ? "0.985" : "0.88") { Scores.share($0, \.isRight) },
            figure("share decided with 99 % of the decided right", goal: isSpectrometer ? "0.95" : "0.50") {
                Scores.decidedShare($0, accuracy: 0.99)
            },
            figure("expected calibration error", goal: isSpectrometer ? "0.03" : "0.05", Scores.calibrationError),
            figure("share decided at the model's threshold") { Scores.share($0, \.isDecided) },
            figure("of these right") { Scores.share($0.filter(\.isDecided), \.isRight) },
        ]
        figures += foreignFigures(seed: seed, isSpectrometer: isSpectrometer)
        if !crossUnseen.isEmpty {
            figures += [
                .init(
                    "wrong of \(crossUnseen.count) unseen objects of the other session", Double(wrong(crossUnseen)),
                    goal: "at most 1"),
                .init("wrong of all \(crossAll.count) objects of the other session", Double(wrong(crossAll))),
            ]
        }
        figures += [
            perObject("accuracy by single scan", scanAccuracy, seed: seed),
            perObject(
                "accuracy by single scan, 2 % error of the white reference", disturbedAccuracy, seed: seed,
                goal: isSpectrometer ? "0.93" : nil),
        ]
        figures += placementFigures(seed: seed)
        return ModelEvaluation(
            method: "leave one object out of all sessions; thresholds and calibration chosen without it as well; "
                + "intervals: \(Scores.resamples) resamples of the objects",
            figures: figures,
            wrong: known.filter { $0.right == false }.map {
                let named = $0.named?.rawValue ?? "nothing"
                return "\($0.object) \($0.material.lowercased()) as \(named)\($0.decided ? "" : " (not decided)")"
            })
    }

    private func wrong(_ verdicts: [ObjectVerdict]) -> Int { verdicts.count(where: { $0.right == false }) }

    func perObject(
        _ measure: String, _ values: [Double], seed: UInt64, goal: String? = nil
    ) -> ModelEvaluation.Figure {
        let interval = Scores.interval(values, seed: seed, mean)
        return .init(
            measure, short(mean(values)), low: interval.map { short($0.low) }, high: interval.map { short($0.high) },
            goal: goal)
    }

    private func foreignFigures(seed: UInt64, isSpectrometer: Bool) -> [ModelEvaluation.Figure] {
        // Low-density polyethylene is polyethylene: it is counted apart.
        let isPolyethylene = { (verdict: ObjectVerdict) in verdict.material == "LDPE" }
        let others = foreign.filter { !isPolyethylene($0) }
        let ldpe = foreign.filter(isPolyethylene)
        guard !others.isEmpty else { return [] }
        let at95 = Self.acceptance(known, decided: 0.95)
        func figure(_ measure: String, goal: String? = nil, _ isRefused: (ObjectVerdict) -> Bool)
            -> ModelEvaluation.Figure
        {
            let values = others.map { isRefused($0) ? 1.0 : 0.0 }
            return perObject(measure, values, seed: seed, goal: goal)
        }
        var figures = [
            figure("\(others.count) foreign objects refused with 95 % decided", goal: isSpectrometer ? "0.90" : nil) {
                Self.acceptanceOrder($0) < at95
            },
            figure("\(others.count) foreign objects refused at the model's threshold") { !$0.decided },
        ]
        if !ldpe.isEmpty {
            figures.append(
                .init(
                    "\(ldpe.count) objects of LDPE refused at the model's threshold",
                    short(Double(ldpe.count(where: { !$0.decided })) / Double(ldpe.count))))
        }
        return figures
    }

    /// What objects are accepted by: novelty where the model has it, confidence otherwise.
    static func acceptanceOrder(_ verdict: ObjectVerdict) -> Double { verdict.novelty ?? verdict.confidence }

    /// The acceptance above which a share of the known objects is decided; 0 for no objects.
    static func acceptance(_ known: [ObjectVerdict], decided: Double) -> Double {
        let sorted = known.map(acceptanceOrder).sorted()
        guard !sorted.isEmpty else { return 0 }
        return sorted[sorted.count - Int((decided * Double(sorted.count)).rounded(.up))]
    }
}

/// Four digits: more would suggest what so few objects cannot show.
func short(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
