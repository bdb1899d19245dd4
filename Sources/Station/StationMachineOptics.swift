import Vocabulary

/// The references of the near-infrared head: asked for while nobody waits, and a fault while they cannot be relied on.
extension StationMachine {
    mutating func spectrumArrived(_ reading: EvidenceReading, at now: Instant) {
        guard optics != nil, case .spectrum(.good(let spectrum, at: _)) = reading else { return }
        optics?.see(HeadReferences(white: spectrum.white, dark: spectrum.dark), at: now)
    }

    /// An item that its tag and the rest of the evidence name alike shows whether the head still reads as it did.
    mutating func itemClassified(_ id: PassageID, _ classification: Classification, at now: Instant) {
        guard optics != nil, case .classifying(let item) = passages.state, item.id == id,
            case .identified(let identification) = classification.result,
            let reading = KnownReading(identification, item.evidence)
        else { return }
        optics?.take(reading, at: now)
    }

    mutating func settleOptics(at now: Instant) {
        guard optics != nil else { return }
        optics?.proceed(to: now)
        if optics?.isDue == true, passages.state == .empty, mode.leavesHeadAlone, !levels.isActive(.presence) {
            optics?.wasAsked()
            takeReferences()
        }
        guard let causes = optics?.causes, causes != opticsFaults else { return }
        opticsFaults = causes
        for cause in ReferenceWatch.Cause.allCases {
            let fault = Fault(.referenceDrift, subject: cause.rawValue)
            if causes.contains(cause) { raise(fault) } else { lower(fault) }
        }
    }
}

extension Mode {
    /// Nobody has a hand on the head, and no item is under way.
    fileprivate var leavesHeadAlone: Bool {
        switch self {
        case .idle, .held, .suspended: true
        case .starting, .executing, .aborted, .service, .stopping, .stopped: false
        }
    }
}
