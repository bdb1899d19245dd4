import Vocabulary

/// An item inside the mouth or in the hand before it, and what moves it.
struct BeltItem: Hashable, Sendable {
    enum Motion: Hashable, Sendable {
        /// With the belt: the centre is the belt's travel plus this.
        case riding(offset: Double)
        /// The belt slips below it.
        case lying(centre: Double, LyingCause)
        /// By a hand or a string, at hand speed.
        case carried(from: Double, to: Double, since: Instant)
    }

    enum LyingCause: Hashable, Sendable {
        /// Stopped by the shut gate.
        case gate
        /// Its centre is out of the mouth: the belt cannot take it further out.
        case mouth
        /// Jammed; left when so many more movements of the belt have begun. Nil: never.
        case jam(movementsLeft: Int?)
    }

    let index: Int
    let halfLength: Double
    var motion: Motion
    /// A person on the string pulls at this time.
    var pullsAt: Instant?
    var hasJammed = false

    /// Slack of all comparisons of positions, mm: what a rounding to nanoseconds cannot undo.
    static let slack = 1e-6

    func centre(travel: Double, at now: Instant) -> Double {
        switch motion {
        case .riding(let offset): return offset + travel
        case .lying(let centre, _): return centre
        case .carried(let from, let to, let since):
            let way = Geometry.handSpeedMillimetresPerSecond * since.seconds(to: now)
            return from <= to ? min(to, from + way) : max(to, from - way)
        }
    }

    /// When the hand has brought it where it wants it; nil unless it is carried.
    var arrival: Instant? {
        guard case .carried(let from, let to, let since) = motion else { return nil }
        return since.advanced(bySecondsRoundedUp: abs(to - from) / Geometry.handSpeedMillimetresPerSecond)
    }

    var isCarried: Bool { arrival != nil }

    /// Centres at which something happens: an edge of the item meets a sensor, or the centre itself means something.
    func thresholds(_ body: (Double) -> Void) {
        body(Geometry.entryBeam - halfLength)
        body(Geometry.entryBeam + halfLength)
        body(halfLength - Geometry.gripMillimetres)
        body(halfLength + Geometry.gatePanel)
        body(Geometry.entryBeam)
        body(Geometry.presenceStart - halfLength)
        body(Geometry.presenceEnd + halfLength)
        body(Geometry.chamberStart)
        body(Geometry.chamberEnd)
        body(Geometry.exitBeam - halfLength)
        body(Geometry.exitBeam + halfLength)
        body(Geometry.beltEnd)
    }

    /// The nearest time from now on at which a threshold is crossed, `extra` ones included.
    func nextCrossing(belt: Belt, at now: Instant, extra: Double?) -> Instant? {
        let centre = centre(travel: belt.travel(at: now), at: now)
        let direction: Double
        switch motion {
        case .riding: direction = belt.current.direction
        case .lying: direction = 0
        case .carried(let from, let to, since: _): direction = to > from ? 1 : (to < from ? -1 : 0)
        }
        guard direction != 0 else { return nil }
        var nearest: Double?
        func consider(_ threshold: Double) {
            // Past it means: at most the slack before it. So inwards the threshold itself is aimed at, and outwards
            // a point that is no more past it.
            let isPast = centre >= threshold - Self.slack
            guard isPast == (direction < 0) else { return }
            let target = direction > 0 ? threshold : threshold - 2 * Self.slack
            if let best = nearest, (target - best) * direction >= 0 { return }
            nearest = target
        }
        thresholds(consider)
        if let extra { consider(extra) }
        guard let nearest else { return nil }
        switch motion {
        case .riding(let offset):
            return belt.current.time(reaching: nearest - offset)
        case .carried(let from, let to, let since):
            guard (to - nearest) * direction >= 0 else { return nil }
            return since.advanced(bySecondsRoundedUp: abs(nearest - from) / Geometry.handSpeedMillimetresPerSecond)
        case .lying:
            return nil
        }
    }

    static func isPast(_ threshold: Double, centre: Double) -> Bool {
        centre >= threshold - slack
    }

    /// Something of it stands in the plane at `x`.
    func covers(_ x: Double, centre: Double) -> Bool {
        Self.isPast(x - halfLength, centre: centre) && !Self.isPast(x + halfLength, centre: centre)
    }

    func overlapsPresence(centre: Double) -> Bool {
        Self.isPast(Geometry.presenceStart - halfLength, centre: centre)
            && !Self.isPast(Geometry.presenceEnd + halfLength, centre: centre)
    }

    func isInChamber(centre: Double) -> Bool {
        Self.isPast(Geometry.chamberStart, centre: centre) && !Self.isPast(Geometry.chamberEnd, centre: centre)
    }

    /// Its outer end can be gripped from outside.
    func sticksOut(centre: Double) -> Bool {
        !Self.isPast(halfLength - Geometry.gripMillimetres, centre: centre)
    }
}

/// An item between the belt's end and its bin, or on a string on its way back up.
struct FallingItem: Hashable, Sendable {
    enum Phase: Hashable, Sendable {
        case falling(until: Instant)
        case passingDropBeam(until: Instant, into: BinID?)
        /// In the bin; its person will pull it up.
        case onString(until: Instant, in: BinID?)
        case pulledUp(until: Instant)
    }
    let index: Int
    var phase: Phase

    var nextChange: Instant {
        switch phase {
        case .falling(let until), .passingDropBeam(let until, into: _), .onString(let until, in: _),
            .pulledUp(let until):
            until
        }
    }

    var isInDropBeam: Bool {
        switch phase {
        case .passingDropBeam, .pulledUp: true
        case .falling, .onString: false
        }
    }
}
