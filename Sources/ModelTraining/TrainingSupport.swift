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

func naturalLogarithm(_ value: Double) -> Double { log(value) }

/// By number of placements, one first: every choice of so many of an item's first three, as ascending places. Of more
/// placements than there are, there is no choice.
func placementChoices(of count: Int) -> [[[Int]]] {
    let places = Array(0..<min(count, ModelContent.placementLimit))
    var choices: [[[Int]]] = [[[]]]
    for _ in 0..<ModelContent.placementLimit {
        let fewer = choices[choices.count - 1]
        choices.append(fewer.flatMap { choice in places.filter { $0 > choice.last ?? -1 }.map { choice + [$0] } })
    }
    return Array(choices.dropFirst())
}

/// Mean of -ln of the probability of what is right.
func logLoss(_ probabilities: [[Double]], places: [Int]) -> Double {
    let losses = zip(probabilities, places).map { -log(max($0[$1], 1e-300)) }
    return mean(losses)
}

/// Of fewer than this share of left-out objects a reading may exclude the own class.
let exclusionErrorShare = 0.01

/// The limit that a class is excluded below: the greatest that the own class of fewer than 1 % of the left-out objects
/// falls below, and at most `ModelContent.Limits.greatestExclusion`. Rounded down to two digits, so that what all but
/// equals the least probability that there is, excludes nothing.
///
/// - Parameter least: for each object the least probability that any reading of it gave to its own class.
func exclusionLimit(_ least: [Double]) -> Double {
    // Fewer than 1 % of 100 are none, of 124 one.
    let allowed = max(Int((exclusionErrorShare * Double(least.count)).rounded(.up)) - 1, 0)
    guard allowed < least.count else { return 0 }
    let limit = min(least.sorted()[allowed], ModelContent.Limits.greatestExclusion)
    guard limit > 0 else { return 0 }
    let digit = pow(10, floor(log10(limit)) - 1)
    return (limit / digit + 1e-6).rounded(.down) * digit
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
