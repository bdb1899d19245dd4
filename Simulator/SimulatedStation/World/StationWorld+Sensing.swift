import Vocabulary

/// What the sensors make of the scene.
extension StationWorld {
    mutating func sense() {
        loadDevices()
        finishSpectrum()
        for line in InputLine.allCases {
            let sensed = stuckInputs[line.ordinal] ?? senses(line)
            let wasBounced = contacts[line.ordinal].proceed(to: now)
            let hasChanged = contacts[line.ordinal].sense(
                sensed, at: now, bounces: settings.contactsBounce, random: &contactRandom)
            if wasBounced != hasChanged { report(.inputChanged(line, isActive: contacts[line.ordinal].level)) }
        }
    }

    private func senses(_ line: InputLine) -> Bool {
        switch line {
        case .entryBeam: isEntryBeamCovered
        case .exitBeam: onBelt.contains { $0.covers(Geometry.exitBeam, centre: centre(of: $0)) }
        case .dropBeam: falling.contains { $0.isInDropBeam }
        case .metal:
            onBelt.contains { settings.items[$0.index].isMetal && $0.overlapsPresence(centre: centre(of: $0)) }
        case .presence: onBelt.contains { $0.overlapsPresence(centre: centre(of: $0)) }
        case .doorClosed: !isDoorOpenNow
        case .emergencyStopCircuitClosed: !isEmergencyStopPressed
        case .diverterHome: diverter.isHome
        case .serviceKey: isServiceKeyTurned
        }
    }

    /// By an item or by the hand behind it.
    var isEntryBeamCovered: Bool {
        if person.hasHandInMouth, handReachesIn { return true }
        return onBelt.contains { $0.covers(Geometry.entryBeam, centre: centre(of: $0)) }
    }

    /// The hand follows an item that it pushes, so its tip is at the item's outer edge.
    private var handReachesIn: Bool {
        switch person {
        case .pushing(let index), .holding(let index, until: _):
            guard let item = onBelt.first(where: { $0.index == index }) else { return false }
            return BeltItem.isPast(Geometry.entryBeam + item.halfLength, centre: centre(of: item))
        case .withdrawingHand(_, let until):
            return now < until
        case .idle, .bringing, .watching, .reacting, .taking, .pulling:
            return false
        }
    }

    /// What lies in the chamber weighs on the scale and stands in the reader's field.
    private mutating func loadDevices() {
        var load: Int64 = 0
        tagReader.tagsInField.removeAll(keepingCapacity: true)
        for item in onBelt where item.isInChamber(centre: centre(of: item)) {
            if !item.isCarried { load += settings.items[item.index].massMilligrams }
            if let tag = settings.items[item.index].tag { tagReader.tagsInField.append(tag) }
        }
        latchingReader?.hear(tagReader.tagsInField, at: now)
        scale.carry(milligrams: Double(load), at: now)
        scale.vibrate(belt.isMoving, at: now)
    }

    private mutating func finishSpectrum() {
        guard let due = nirHead.nextChange, due <= now else { return }
        let seen = lookBeforeHead()
        nirHead.finish(at: now) {
            guard let seen else { return settings.spectra.emptyBelt }
            let item = settings.items[seen.item]
            var placementRandom = SeededRandom(seed: seen.seed)
            return settings.spectra.scan(
                of: item.spectrum, itemSeed: settings.seed ^ UInt64(seen.item) &* 0xA24B_AED4_963E_E407,
                isTypical: item.isTypical, random: &placementRandom)
        }
    }

    private mutating func lookBeforeHead() -> Look? {
        // Whoever works at the bench places the item anew each time.
        if let itemOnBench { return Look(item: itemOnBench, seed: measuringRandom.next()) }
        guard let lying = onBelt.first(where: { $0.isInChamber(centre: centre(of: $0)) }) else { return nil }
        let place = centre(of: lying)
        // The head sees another part of an item that has moved; one that lies still looks the same again.
        if let lastLook, lastLook.look.item == lying.index,
            abs(lastLook.centreMillimetres - place) < Geometry.samePlacementMillimetres
        {
            return lastLook.look
        }
        let look = Look(item: lying.index, seed: measuringRandom.next())
        lastLook = (look, place)
        return look
    }

    /// The next item comes to the bench when the head has measured the last one often enough.
    private var itemOnBench: Int? {
        settings.benchMeasurements.map { min(Int(nirHead.sequence) / $0, settings.items.count - 1) }
    }
}

/// What the head looks at: an item, and the seed of how it looks as it lies.
struct Look: Hashable, Sendable {
    var item: Int
    var seed: UInt64
}
