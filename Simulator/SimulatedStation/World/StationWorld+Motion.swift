import Vocabulary

/// What the world does at one moment. Everything that is due is done, until nothing more follows from it.
extension StationWorld {
    /// More rounds than this at one moment would be a loop of causes, which the models must not have.
    private static let roundsLimit = 64

    mutating func process() {
        belt.proceed(to: now)
        var rounds = 0
        var hasChanged = true
        while hasChanged {
            rounds += 1
            precondition(rounds <= Self.roundsLimit, "the simulated world goes round in circles at \(now)")
            hasChanged = applyDueFaults()
            hasChanged = gate.proceed(to: now, mouthIsFree: isMouthFree) || hasChanged
            hasChanged = diverter.proceed(to: now) || hasChanged
            hasChanged = driveBelt() || hasChanged
            hasChanged = moveItems() || hasChanged
            hasChanged = dropItems() || hasChanged
            hasChanged = stepPerson() || hasChanged
            stepPatience()
            hasChanged = stepAttendant() || hasChanged
        }
        sense()
    }

    func centre(of item: BeltItem) -> Double {
        item.centre(travel: belt.travel(at: now), at: now)
    }

    var isMouthFree: Bool { !isEntryBeamCovered }

    /// The belt moves if exactly one direction is energised and nothing cuts the motor.
    private var beltVelocity: Double {
        let isForward = isEnergised(.conveyorForward)
        guard isForward != isEnergised(.conveyorReverse), !isEmergencyStopPressed, !isDoorOpenNow, drive.isHealthy
        else { return 0 }
        let share = Double(drive.frequencyCentihertz) / Geometry.nominalCentihertz
        return (isForward ? 1 : -1) * share * Geometry.nominalSpeedMillimetresPerSecond
    }

    var isDoorOpenNow: Bool { isDoorOpen || attendant.isAtDoor }

    private mutating func driveBelt() -> Bool {
        let velocity = beltVelocity
        let before = belt.targetVelocity
        guard velocity != before else { return false }
        belt.drive(at: velocity, from: now)
        drive.turn(at: velocity == 0 ? 0 : drive.frequencyCentihertz, backwards: velocity < 0, from: now)
        if velocity != 0, before * velocity <= 0 { loosenJams() }
        return true
    }

    /// A movement of the belt has begun.
    private mutating func loosenJams() {
        for place in onBelt.indices {
            guard case .lying(let centre, .jam(let left?)) = onBelt[place].motion else { continue }
            onBelt[place].motion =
                left <= 1
                ? .riding(offset: centre - belt.travel(at: now)) : .lying(centre: centre, .jam(movementsLeft: left - 1))
        }
    }

    /// Lets items stick, slip, ride again and fall. Items in a hand are the person's business.
    private mutating func moveItems() -> Bool {
        var hasChanged = false
        for place in onBelt.indices.reversed() {
            hasChanged = moveItem(at: place) || hasChanged
        }
        return hasChanged
    }

    private mutating func moveItem(at place: Int) -> Bool {
        let item = onBelt[place]
        let direction = belt.current.direction
        switch item.motion {
        case .carried:
            return false
        case .lying(let centre, let cause):
            guard rides(again: cause, direction: direction) else { return false }
            onBelt[place].motion = .riding(offset: centre - belt.travel(at: now))
            return true
        case .riding:
            break
        }
        let centre = centre(of: item)
        if BeltItem.isPast(Geometry.beltEnd, centre: centre) {
            onBelt.remove(at: place)
            falling.append(FallingItem(index: item.index, phase: .falling(until: now.advanced(by: Timing.falls))))
            whereabouts[item.index] = .falling
            report(.itemLeftBelt(item.index))
            return true
        }
        if let cause = stop(of: item, centre: centre, direction: direction) {
            onBelt[place].motion = .lying(centre: centre, cause)
            if case .jam = cause {
                onBelt[place].hasJammed = true
                report(.itemJammed(item.index))
            }
            return true
        }
        if item.pullsAt == nil, case .fishedAfterAcceptance(let point) = settings.items[item.index].script,
            let pulls = point.centreMillimetres, BeltItem.isPast(pulls, centre: centre)
        {
            onBelt[place].pullsAt = now
            return true
        }
        return false
    }

    private func rides(again cause: BeltItem.LyingCause, direction: Double) -> Bool {
        switch cause {
        case .gate: direction > 0 || (direction < 0 && !gate.isShut)
        case .mouth: direction > 0
        case .jam: false
        }
    }

    /// What keeps the belt from taking this item along.
    private func stop(of item: BeltItem, centre: Double, direction: Double) -> BeltItem.LyingCause? {
        if direction < 0 {
            if gate.isShut, !BeltItem.isPast(item.halfLength + Geometry.gatePanel, centre: centre) { return .gate }
            if !BeltItem.isPast(Geometry.entryBeam, centre: centre) { return .mouth }
        }
        if direction > 0, !item.hasJammed,
            case .jams(let place, let movements) = settings.items[item.index].script,
            BeltItem.isPast(place, centre: centre)
        {
            return .jam(movementsLeft: movements)
        }
        return nil
    }

    /// The place of its own at which an item's script does something; nil if it has none (any more).
    func ownThreshold(of item: BeltItem) -> Double? {
        switch settings.items[item.index].script {
        case .jams(let place, clearingMovements: _): item.hasJammed ? nil : place
        case .fishedAfterAcceptance(let point): item.pullsAt == nil ? point.centreMillimetres : nil
        case .normal, .pulledOutWhileMeasuring, .putInTwo, .notTaken, .handStays: nil
        }
    }

    private mutating func dropItems() -> Bool {
        var hasChanged = false
        for place in falling.indices.reversed() where falling[place].nextChange <= now {
            hasChanged = true
            let item = falling[place]
            switch item.phase {
            case .falling:
                let bin = binLevels.first { $0.position == diverter.position }?.bin
                falling[place].phase = .passingDropBeam(until: now.advanced(by: Timing.passesDropBeam), into: bin)
            case .passingDropBeam(until: _, let bin):
                land(at: place, in: bin)
            case .onString(until: _, in: let bin):
                let pulled = settings.items[item.index]
                change(bin) { $0.giveBack(pulled) }
                falling[place].phase = .pulledUp(until: now.advanced(by: Timing.passesDropBeam))
            case .pulledUp:
                falling.remove(at: place)
                pullFromBeltEnd(item.index)
            }
        }
        return hasChanged
    }

    private mutating func land(at place: Int, in bin: BinID?) {
        let item = falling[place]
        let landed = settings.items[item.index]
        change(bin) { $0.take(landed) }
        if case .fishedAfterAcceptance(.bin) = landed.script {
            falling[place].phase = .onString(until: now.advanced(by: Timing.pullsUpAfter), in: bin)
            return
        }
        falling.remove(at: place)
        end(item.index, bin.map { .bin($0) } ?? .onFloor)
    }

    /// Changes a bin's fill and reports it if the sensor can see the difference.
    mutating func change(_ bin: BinID?, _ body: (inout BinLevel) -> Void) {
        guard let place = binLevels.firstIndex(where: { $0.bin == bin }) else { return }
        let before = binLevels[place].levelPercent
        body(&binLevels[place])
        if binLevels[place].levelPercent != before { report(.binLevelChanged(binLevels[place].bin)) }
    }

    mutating func end(_ index: Int, _ end: ItemEnd) {
        whereabouts[index] = .ended(end)
        report(.itemEnded(index, end))
    }
}
