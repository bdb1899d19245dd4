import Vocabulary

/// What the explorer itself has to do, and when: the earliest first, and of one time what was entered first.
struct Agenda {
    private struct Item {
        var due: Instant
        var action: (Exploration) -> Void
    }
    /// Latest first.
    private var items: [Item] = []
    /// More than this is a leak of the explorer's own.
    static let limit = 10_000

    var next: Instant? { items.last?.due }
    var count: Int { items.count }

    mutating func enter(_ due: Instant, _ action: @escaping (Exploration) -> Void) {
        precondition(items.count < Self.limit, "the explorer's agenda is full")
        var place = items.count
        while place > 0, items[place - 1].due <= due { place -= 1 }
        items.insert(Item(due: due, action: action), at: place)
    }

    mutating func take(at now: Instant) -> ((Exploration) -> Void)? {
        guard let last = items.last, last.due <= now else { return nil }
        return items.removeLast().action
    }
}
