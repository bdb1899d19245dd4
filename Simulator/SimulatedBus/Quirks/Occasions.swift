import Synchronization

/// On which of its occasions a quirk shows.
public final class Occasions: Sendable {
    private enum Rule: Hashable, Sendable {
        case always
        case first(Int)
        case every(Int)
    }

    private let rule: Rule
    private let seen = Atomic<Int>(0)

    private init(_ rule: Rule) {
        self.rule = rule
    }

    public static var always: Occasions { Occasions(.always) }
    /// The first `count` times.
    public static func first(_ count: Int) -> Occasions { Occasions(.first(count)) }
    /// Every `count`th time; `count` is at least 1.
    public static func every(_ count: Int) -> Occasions { Occasions(.every(max(1, count))) }

    /// Counts an occasion and says whether the quirk shows on it.
    func isNow() -> Bool {
        let number = seen.wrappingAdd(1, ordering: .relaxed).newValue
        switch rule {
        case .always: return true
        case .first(let count): return number <= count
        case .every(let count): return number % count == 0
        }
    }
}
