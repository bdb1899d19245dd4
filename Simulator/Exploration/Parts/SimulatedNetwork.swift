import SimulatedStation
import Vocabulary

/// What the way between station and cluster does to letters: it delays each by a time of its own, so that they overtake
/// one another, loses some and doubles some.
struct SimulatedNetwork {
    struct Weather: Hashable {
        var lossProbability: Double
        var doublingProbability: Double
        var delay: ClosedRange<Duration>

        static let usual = Weather(
            lossProbability: 0.01, doublingProbability: 0.01, delay: .milliseconds(200)...(.seconds(8)))
        static let clear = Weather(
            lossProbability: 0, doublingProbability: 0, delay: .milliseconds(10)...(.milliseconds(50)))
        static let stormy = Weather(
            lossProbability: 0.3, doublingProbability: 0.4, delay: .milliseconds(10)...(.seconds(60)))
        static let none = Weather(
            lossProbability: 1, doublingProbability: 0, delay: .milliseconds(10)...(.milliseconds(50)))
    }

    var weather = Weather.usual
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed, stream: 2000) }

    /// After how long each copy of a letter arrives; none if it is lost.
    mutating func copies() -> [Duration] {
        if random.happens(probability: weather.lossProbability) { return [] }
        let first = random.duration(in: weather.delay)
        guard random.happens(probability: weather.doublingProbability) else { return [first] }
        return [first, random.duration(in: weather.delay)]
    }
}
