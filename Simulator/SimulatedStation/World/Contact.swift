import Vocabulary

/// An input's contact: it follows what it senses, and bounces a few times within 3 ms of each change.
struct Contact: Hashable, Sendable {
    /// What is sensed.
    private(set) var settledLevel: Bool
    /// What the wire shows.
    private(set) var level: Bool
    /// When the wire changes again by bouncing, latest first.
    private var toggles: [Instant] = []

    static let bouncesLimit = 2

    init(level: Bool) {
        settledLevel = level
        self.level = level
    }

    var nextChange: Instant? { toggles.last }

    /// Returns whether the wire's level changed.
    mutating func sense(_ sensed: Bool, at now: Instant, bounces: Bool, random: inout SeededRandom) -> Bool {
        guard sensed != settledLevel else { return false }
        settledLevel = sensed
        toggles.removeAll(keepingCapacity: true)
        if bounces {
            let count = 2 * Int(random.uniform() * Double(Self.bouncesLimit + 1))
            for _ in 0..<count {
                toggles.append(now.advanced(by: random.duration(in: .microseconds(50)...Timing.bounces)))
            }
            toggles.sort(by: >)
        }
        guard level != sensed else { return false }
        level = sensed
        return true
    }

    /// Returns whether the wire's level changed.
    mutating func proceed(to now: Instant) -> Bool {
        let before = level
        while let next = toggles.last, next <= now {
            toggles.removeLast()
            level.toggle()
        }
        return level != before
    }
}
