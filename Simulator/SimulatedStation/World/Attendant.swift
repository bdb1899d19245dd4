import Vocabulary

/// The attendant comes when an item lies still under a red lamp, opens the door, takes out what lies on the belt and
/// closes the door again. Clearing the station is done at its operator's interface, not here.
enum Attendant: Hashable, Sendable {
    case away
    /// Has seen it and comes at this time.
    case coming(at: Instant)
    case atDoor(until: Instant)

    var isAtDoor: Bool {
        switch self {
        case .atDoor: true
        case .away, .coming: false
        }
    }

    var nextChange: Instant? {
        switch self {
        case .away: nil
        case .coming(let at): at
        case .atDoor(let until): until
        }
    }
}

extension StationWorld {
    /// Somebody should come: the station says so, nothing moves, and something lies where no person can reach it.
    private var needsAttendant: Bool {
        isEnergised(.lampRed) && !isEnergised(.lampGreen) && !belt.isMoving
            && onBelt.contains { !$0.isCarried && !$0.sticksOut(centre: centre(of: $0)) }
    }

    mutating func stepAttendant() -> Bool {
        switch attendant {
        case .away:
            guard let delay = settings.attendantComesAfter, needsAttendant else { return false }
            attendant = .coming(at: now.advanced(by: delay))
            return true
        case .coming(let at):
            guard needsAttendant else {
                attendant = .away
                return true
            }
            guard now >= at else { return false }
            attendant = .atDoor(until: now.advanced(by: Timing.attendantWorks))
            report(.attendantOpenedDoor)
            return true
        case .atDoor(let until):
            guard now >= until else { return false }
            let removed = onBelt.filter { !$0.isCarried }
            onBelt.removeAll { !$0.isCarried }
            for item in removed { end(item.index, .removed) }
            attendant = .away
            report(.attendantClosedDoor)
            return true
        }
    }
}
