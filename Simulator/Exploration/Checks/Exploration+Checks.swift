import ClusterAPI
import FoundationEssentials
import Ledger
import SimulatedStation
import Station
import Uplink
import Vocabulary

/// What is looked at after every step.
extension Exploration {
    /// Outputs that move something or let a hand in.
    private static let movers: [OutputLine] = [
        .gate, .conveyorForward, .conveyorReverse, .diverterLeft, .diverterRight,
    ]
    /// Letters and timers of the explorer stay far below this; more is a leak.
    private static let agendaLimit = 500
    /// Deadlines are reached in the very step that is due then.
    private static let latenessLimit: Duration = .seconds(1)
    /// Records that wait for the disk: a station hands over a few at a time, and at most 64 remarks and what ends
    /// passages when it tries again what was refused. Below the writer's own limit, which would hide a swelling.
    private static let pendingLimit = 100

    func checkStep() {
        if account.pending.count > Self.pendingLimit {
            violate(.bounded, "\(account.pending.count) records wait for the ledger")
        }
        if agenda.count > Self.agendaLimit { violate(.bounded, "\(agenda.count) letters and timers are under way") }
        guard let incarnation else { return }
        let controller = incarnation.controller
        if let deadline = controller.nextDeadline, now > deadline.advanced(by: Self.latenessLimit) {
            violate(.progress, "what was due at \(deadline) has not happened at \(now), the station is \(stationState)")
        }
        let state = controller.state
        let isSafe = state.levels.isActive(.emergencyStopCircuitClosed) && state.levels.isActive(.doorClosed)
        if !isSafe { checkOutputsAreOff("an interlock is open, the mode is \(state.mode)") }
        checkStanding(state)
        checkOpenAcceptance(state)
        callAttendant(to: state.mode)
    }

    func checkOutputsAreOff(_ why: @autoclosure () -> String) {
        let energised = world.with { world in Self.movers.first { world.isEnergised($0) } }
        if let energised { violate(.safeOutputs, "\(energised.rawValue) is energised although \(why())") }
    }

    /// A line that moves an item towards a bin is switched on.
    func checkMovement(_ line: OutputLine) {
        switch line {
        case .conveyorForward, .diverterLeft, .diverterRight: break
        case .gate, .conveyorReverse, .lampGreen, .lampRed, .buzzer, .heartbeat: return
        }
        guard let open = account.open.last else {
            violate(.durableBeforeMovement, "\(line.rawValue) is energised, and no acceptance is on disk")
            return
        }
        if open.acceptance.passage != measuring?.passage {
            violate(
                .durableBeforeMovement,
                "\(line.rawValue) is energised for passage \(measuring?.passage.rawValue ?? 0), but the acceptance on "
                    + "disk is of passage \(open.acceptance.passage.rawValue)")
        }
    }

    // MARK: Readings

    func measuringBegan(_ passage: PassageID) {
        trace.add(passage.rawValue)
        guard measuring?.passage != passage else { return measuringIsRepeated() }
        let (broken, items) = world.with { world in
            (
                EvidenceSource.allCases.filter { world.condition(of: $0.simulated) != .working },
                world.whereabouts.indices.filter { world.whereabouts[$0] == .onBelt }
            )
        }
        measuring = MeasuredPassage(passage: passage, since: now, broken: Set(broken), items: items)
    }

    /// The same item is put before the head again: a head that is broken now gives no further spectrum.
    private func measuringIsRepeated() {
        let works = world.with { $0.condition(of: EvidenceSource.nirHead.simulated) } == .working
        measuring?.looks.append(MeasuredPassage.Look(since: now, isHeadBroken: !works))
    }

    func checkEvidence(_ evidence: Evidence) {
        guard let measuring else { return }
        func isBroken(_ source: EvidenceSource) -> Bool { measuring.broken.contains(source) }
        let (passage, since) = (measuring.passage, measuring.since)
        check(evidence.mass, .scale, of: passage, since: since, isBroken: isBroken(.scale))
        check(evidence.tag, .tagReader, of: passage, since: since, isBroken: isBroken(.tagReader))
        check(evidence.spectrum, .nirHead, of: passage, since: since, isBroken: isBroken(.nirHead))
        guard evidence.furtherSpectra.count <= measuring.looks.count else {
            return violate(
                .readingsAreHonest,
                "passage \(passage.rawValue) has \(evidence.furtherSpectra.count) further spectra of "
                    + "\(measuring.looks.count) further looks")
        }
        for (reading, look) in zip(evidence.furtherSpectra, measuring.looks) {
            check(reading, .nirHead, of: passage, since: look.since, isBroken: look.isHeadBroken)
        }
    }

    /// - Parameters:
    ///   - since: when the device was asked.
    ///   - isBroken: whether it did not work then.
    private func check<Value>(
        _ reading: Measured<Value>, _ source: EvidenceSource, of passage: PassageID, since: Instant, isBroken: Bool
    ) {
        guard case .good(_, let at) = reading else { return }
        if isBroken {
            violate(.readingsAreHonest, "the broken \(source.rawValue) gave a value for \(passage.rawValue)")
        }
        if at < since || at > now {
            violate(
                .readingsAreHonest,
                "a value of the \(source.rawValue) from \(at) is used for an item that was measured from "
                    + "\(since) to \(now)")
        }
    }

    // MARK: The cluster

    /// The report is the fold over what the ledger has answered.
    func check(_ report: CutReport) {
        guard report.to <= account.count else {
            violate(
                .clusterIsFold, "a report covers entry \(report.to), the ledger has answered \(account.count)")
            return
        }
    }

    /// The cluster has changed something, perhaps.
    func checkCluster() {
        guard let counted = try? cluster.store?.countedNow(of: Self.station) else { return }
        trace.add(counted.watermark)
        let known = min(Int(counted.watermark), account.units.count - 1)
        if Int(counted.watermark) > known {
            violate(.clusterIsFold, "the cluster holds entry \(counted.watermark) of \(account.count)")
        }
        if counted.units != account.units[known] || counted.massMilligrams != account.massMilligrams[known] {
            violate(
                .clusterIsFold,
                "up to entry \(counted.watermark) the cluster counts \(counted.units) units and "
                    + "\(counted.massMilligrams) mg, the ledger \(account.units[known]) and "
                    + "\(account.massMilligrams[known])")
        }
    }

    func checkAcknowledged(_ sequence: Int64) {
        acknowledged = max(acknowledged, sequence)
        if sequence > cluster.promisedWatermark || sequence > account.count {
            violate(
                .acknowledgedIsHeld,
                "the station remembers entry \(sequence) as held, the cluster has promised "
                    + "\(cluster.promisedWatermark) and the ledger has \(account.count)")
        }
    }

    /// What was pruned is held by the cluster.
    func checkRetention() {
        let promised = cluster.promisedWatermark
        guard let incarnation, let pruned = try? incarnation.reader.firstPrunedNow(after: promised) else { return }
        violate(
            .prunedIsAcknowledged,
            "the readings of entry \(pruned) are pruned, and the cluster has promised \(promised)")
    }

    func checkClusterRecovery() {
        guard let counted = try? cluster.store?.countedNow(of: Self.station) else { return }
        if counted.watermark < cluster.promisedWatermark {
            violate(
                .acknowledgedIsHeld,
                "after its restart the cluster holds entry \(counted.watermark), it has promised "
                    + "\(cluster.promisedWatermark)")
        }
        checkCluster()
    }

    // MARK: People who look after the station

    /// Somebody comes when the station waits for a person: clears it, and empties full bins.
    private func callAttendant(to mode: Mode) {
        guard !attendantIsComing else { return }
        switch mode {
        case .aborted, .held, .suspended: break
        case .starting, .idle, .executing, .service, .stopping, .stopped: return
        }
        attendantIsComing = true
        schedule(after: random.duration(in: .seconds(6)...(.seconds(20)))) { $0.attend() }
    }

    private func attend() {
        attendantIsComing = false
        guard let incarnation else { return }
        switch incarnation.controller.state.mode {
        case .aborted, .held:
            incarnation.simulation.mailbox.post(.commanded(.clear, by: "attendant"))
        case .suspended(let causes) where causes.contains(.binFull):
            let now = now
            for bin in incarnation.controller.state.fullBins.sorted(by: { $0.rawValue < $1.rawValue }) {
                world.with { $0.inject(.binFilled(bin, percent: 0), at: now) }
                incarnation.simulation.mailbox.post(.commanded(.binEmptied(bin: bin), by: "attendant"))
            }
        case .starting, .idle, .executing, .suspended, .service, .stopping, .stopped: break
        }
    }
}

/// A passage at the moment when its measuring began.
struct MeasuredPassage {
    var passage: PassageID
    var since: Instant
    /// Devices that did not work then.
    var broken: Set<EvidenceSource>
    /// What lay on the belt.
    var items: [Int]
    /// The same item, before the head again.
    var looks: [Look] = []

    struct Look {
        var since: Instant
        var isHeadBroken: Bool
    }
}

extension EvidenceSource {
    var simulated: SimulatedDevice {
        switch self {
        case .scale: .scale
        case .tagReader: .tagReader
        case .nirHead: .nirHead
        }
    }
}
