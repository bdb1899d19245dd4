import Vocabulary

/// The person in front of the station: one at a time, with one hand.
enum Person: Hashable, Sendable {
    /// Waits for the green lamp and the open gate.
    case idle
    /// Has an item in the hand and puts it in at this time.
    case bringing(at: Instant)
    case pushing(Int)
    /// The hand stays in the mouth.
    case holding(Int, until: Instant)
    case withdrawingHand(Int, until: Instant)
    /// Watches what becomes of the items.
    case watching
    /// Has seen an item stick out and takes it at this time.
    case reacting(Int, at: Instant)
    case taking(Int)
    /// Pulls an item out by its string.
    case pulling(Int)

    /// Arrivals of carried items are the items' times, not the person's.
    var nextChange: Instant? {
        switch self {
        case .idle, .pushing, .watching, .taking, .pulling: nil
        case .bringing(let at), .reacting(_, let at): at
        case .holding(_, let until), .withdrawingHand(_, let until): until
        }
    }

    var hasHandInMouth: Bool {
        switch self {
        case .pushing, .holding, .withdrawingHand: true
        case .idle, .bringing, .watching, .reacting, .taking, .pulling: false
        }
    }
}

extension StationWorld {
    /// Nobody brings anything any more. What has been put in goes its way, and the run is over when it has.
    public mutating func bringNothingMore(at time: Instant) {
        move(to: time)
        itemsToCome = nextItem
        process()
    }

    /// Items may be put in: the lamp says so and the gate lets a hand through.
    var isInviting: Bool { isEnergised(.lampGreen) && gate.isOpen }

    mutating func stepPerson() -> Bool {
        switch person {
        case .idle:
            guard nextItem < itemsToCome, isInviting, isMouthFree else { return false }
            person = .bringing(at: now.advanced(by: peopleRandom.duration(in: settings.bringing)))
        case .bringing(let at):
            if !isInviting || !isMouthFree || nextItem >= itemsToCome {
                person = .idle
            } else if now >= at {
                put(in: nextItem, frontMillimetres: -Geometry.outsideMillimetres)
            } else {
                return false
            }
        case .pushing(let index):
            guard let item = item(index), let arrival = item.arrival, now >= arrival else { return false }
            if case .handStays(let duration) = settings.items[index].script {
                person = .holding(index, until: now.advanced(by: duration))
            } else {
                release(index)
            }
        case .holding(let index, let until):
            guard now >= until else { return false }
            release(index)
        case .withdrawingHand(let index, let until):
            guard now >= until else { return false }
            if case .putInTwo = settings.items[index].script, nextItem < itemsToCome, !gate.isShut {
                put(in: nextItem, frontMillimetres: -Geometry.outsideMillimetres)
            } else {
                person = .watching
            }
        case .watching:
            return watch()
        case .reacting(let index, let at):
            guard let place = place(of: index), isInReach(onBelt[place]) else {
                person = .watching
                return true
            }
            guard now >= at else { return false }
            carryOut(place)
            person = .taking(index)
        case .taking(let index):
            return finishCarrying(index, .handedBack)
        case .pulling(let index):
            return finishCarrying(index, .withdrawn)
        }
        return true
    }

    private mutating func watch() -> Bool {
        outstanding.removeAll { index in
            if case .ended = whereabouts[index] { true } else { false }
        }
        guard !outstanding.isEmpty else {
            person = .idle
            return true
        }
        if let place = onBelt.firstIndex(where: { ($0.pullsAt ?? .distantFuture) <= now }) {
            onBelt[place].pullsAt = nil
            person = .pulling(onBelt[place].index)
            carryOut(place)
            return true
        }
        guard let item = onBelt.first(where: isInReach) else { return false }
        var pause = peopleRandom.duration(in: settings.reacting)
        if case .notTaken(let duration) = settings.items[item.index].script { pause = duration }
        person = .reacting(item.index, at: now.advanced(by: pause))
        return true
    }

    /// It sticks out of the mouth and is not being drawn in.
    private func isInReach(_ item: BeltItem) -> Bool {
        !item.isCarried && !gate.isShut && belt.current.direction <= 0 && item.sticksOut(centre: centre(of: item))
            && outstanding.contains(item.index)
    }

    /// Begins to put an item in, as far as what lies there already lets it.
    private mutating func put(in index: Int, frontMillimetres: Double) {
        for fault in faultsByItem.removeValue(forKey: index) ?? [] { apply(fault) }
        let halfLength = settings.items[index].lengthMillimetres / 2
        var target = Geometry.restPosition
        for other in onBelt {
            target = min(target, centre(of: other) - other.halfLength - Geometry.itemGapMillimetres - halfLength)
        }
        let start = frontMillimetres - halfLength
        onBelt.append(
            BeltItem(
                index: index, halfLength: halfLength,
                motion: .carried(from: start, to: max(start, target), since: now)))
        nextItem = index + 1
        outstanding.append(index)
        whereabouts[index] = .inHand
        person = .pushing(index)
        report(.itemSent(index))
    }

    private mutating func release(_ index: Int) {
        guard let place = place(of: index) else { return }
        let centre = centre(of: onBelt[place])
        onBelt[place].motion = .riding(offset: centre - belt.travel(at: now))
        if case .pulledOutWhileMeasuring(let after) = settings.items[index].script {
            onBelt[place].pullsAt = now.advanced(by: after)
        }
        whereabouts[index] = .onBelt
        let way = max(0, centre - onBelt[place].halfLength)
        person = .withdrawingHand(
            index, until: now.advanced(bySecondsRoundedUp: way / Geometry.handSpeedMillimetresPerSecond))
        report(.itemReleased(index))
    }

    private mutating func carryOut(_ place: Int) {
        let item = onBelt[place]
        onBelt[place].motion = .carried(
            from: centre(of: item), to: -item.halfLength - Geometry.outsideMillimetres, since: now)
        whereabouts[item.index] = .inHand
    }

    private mutating func finishCarrying(_ index: Int, _ end: ItemEnd) -> Bool {
        guard let place = place(of: index), let arrival = onBelt[place].arrival, now >= arrival else { return false }
        onBelt.remove(at: place)
        self.end(index, end)
        person = .watching
        return true
    }

    /// The string draws an item back over the belt's end.
    mutating func pullFromBeltEnd(_ index: Int) {
        onBelt.append(
            BeltItem(
                index: index, halfLength: settings.items[index].lengthMillimetres / 2,
                motion: .lying(centre: Geometry.beltEnd, .mouth)))
        carryOut(onBelt.count - 1)
        person = .pulling(index)
    }

    private func place(of index: Int) -> Int? { onBelt.firstIndex { $0.index == index } }
    private func item(_ index: Int) -> BeltItem? { onBelt.first { $0.index == index } }
}

extension Instant {
    static let distantFuture = Instant(nanoseconds: .max)
}
