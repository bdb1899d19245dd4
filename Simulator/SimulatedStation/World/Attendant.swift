import Vocabulary

/// The attendant comes when an item lies still under a red lamp, or when somebody calls because the station has
/// swallowed an item and invites the next one. Opens the door, takes out what lies on the belt and closes the door
/// again. Clearing the station is done at its operator's interface, not here.
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
    /// Something lies still where no person can reach it.
    private var hasOutOfReach: Bool {
        !belt.isMoving && onBelt.contains { !$0.isCarried && !$0.sticksOut(centre: centre(of: $0)) }
    }

    /// Somebody should come: the station says so, or the person in front of it.
    private var needsAttendant: Bool {
        hasOutOfReach
            && (isEnergised(.lampRed) && !isEnergised(.lampGreen) || callsForHelpAt.map { $0 <= now } ?? false)
    }

    /// The person in front of the station loses patience when it invites the next item and theirs is still inside.
    mutating func stepPatience() {
        if case .watching = person, isInviting, hasOutOfReach {
            callsForHelpAt = callsForHelpAt ?? now.advanced(by: Timing.patience)
        } else {
            callsForHelpAt = nil
        }
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
