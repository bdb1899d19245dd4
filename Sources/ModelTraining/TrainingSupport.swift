import Glibc
import MaterialModel
import SmallNumerics

/// How fibre packaging is assumed to reflect: nobody measured it over these bands. Cellulose and its bound water have
/// broad O-H overtones near 1200, 1490 and 1590 nm, on a falling background.
enum AssumedFibre {
    static let origin = "synthetic: cellulose bands from the literature, no scan of fibre was at hand"

    static func curve(at nanometres: [Double]) -> [Double] {
        let centre = mean(nanometres)
        let range = (nanometres.last ?? 1) - (nanometres.first ?? 0)
        return nanometres.map { place in
            func dip(_ at: Double, _ width: Double, _ depth: Double) -> Double {
                depth * exp(-0.5 * ((place - at) / width) * ((place - at) / width))
            }
            return 0.85 - 0.1 * (place - centre) / range - dip(1200, 35, 0.05) - dip(1490, 55, 0.18)
                - dip(1590, 40, 0.06)
        }
    }
}

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// Mean of -ln of the probability of what is right.
func logLoss(_ probabilities: [[Double]], places: [Int]) -> Double {
    let losses = zip(probabilities, places).map { -log(max($0[$1], 1e-300)) }
    return mean(losses)
}

/// Half of the structure of the flattest placement that is bright enough: what is below has no bands.
func leastStructure(_ placements: [PlacementFeatures], _ leastBrightness: Double) -> Double {
    let measured = placements.filter { $0.brightness >= leastBrightness }.map(\.structure)
    return max((measured.min() ?? 0) / 2, 1e-6)
}

/// Mean and standard deviation of each class's items.
func classStatistics(_ items: [(label: ObjectLabel, mean: [Double])]) -> [ModelContent.Class] {
    SpectraFile.classes.enumerated().map { place, material in
        let means = items.filter { $0.label.place == place }.map(\.mean)
        let centre = mean(ofVectors: means)
        let spread = centre.indices.map { feature in
            let squares = means.map { ($0[feature] - centre[feature]) * ($0[feature] - centre[feature]) }
            return (squares.reduce(0, +) / Double(max(means.count - 1, 1))).squareRoot()
        }
        return ModelContent.Class(material: material, objects: means.count, mean: centre, spread: spread)
    }
}

extension ModelContent.Training {
    /// Of a model that only lives within an evaluation.
    static let none = ModelContent.Training(
        origin: "", licence: "", files: [], scans: 0, objects: 0, sessions: [], seed: 0)
}

extension ModelEvaluation {
    static let none = ModelEvaluation(method: "", figures: [], wrong: [])
}
