import Vocabulary

@testable import Station

/// Sends every event to every kind of passage state in every context that matters, and keeps what came of it.
struct PassageExplorer {
    struct Edge: Hashable {
        var from: PassageName
        var event: PassageEventName
        var to: PassageName
    }

    struct Transition {
        var before: Passage
        var event: PassageEvent
        var context: PassageContext
        var after: Passage
        var effects: [PassageEffect]
    }

    static let now = Instant(nanoseconds: 50_000_000_000)
    static let later = now + .seconds(1)

    static let measured = MeasuredItem(id: PassageID(rawValue: 1), evidence: Evidence())
    /// The head has given a spectrum of it.
    static let seen: MeasuredItem = {
        var seen = measured
        seen.evidence.spectrum = .good(.blank, at: now)
        return seen
    }()
    static let accepted = AcceptedItem(
        id: PassageID(rawValue: 1), sequence: 7,
        acceptance: Acceptance(
            identification: Identification(
                packagingType: nil, material: .pp, stream: .recycling, massMilligrams: 1, massSource: .measured),
            bin: "plastic", confidencePermille: 900))
    static let leftovers: [Leftover] = [.none, .possible]
    static let pending = PendingAcceptance(item: measured, acceptance: accepted.acceptance)

    /// At least one sample of each state; several where the answer depends on what the state carries.
    static func samples(of name: PassageName) -> [Passage] {
        let rounds = [0, 1, PassageMachine.handBackRoundLimit]
        let subjects: [HandBack.Subject] = [
            .rejected(measured, Rejection(reason: .foreign)), .accepted(accepted, .diverterStuck), .foundOnBelt,
        ]
        let handBacks = subjects.flatMap { subject in rounds.map { HandBack(subject: subject, rounds: $0) } }
        let carriages = [1, PassageMachine.interferenceLimit + 1].map { Carriage(interferences: $0, until: later) }
        switch name {
        case .stranded:
            return leftovers.map { .stranded(.settled($0)) }
                + [false, true].map { .stranded(.storing(pending, isReleased: $0)) }
        case .checking: return leftovers.map { .checking($0, until: later) }
        case .empty: return [.empty]
        case .entering: return [.entering(measured.id, until: later)]
        case .mouthBlocked: return [.mouthBlocked(measured.id)]
        case .settling: return [.settling(measured.id, until: later)]
        case .measuring:
            var almost = measured
            almost.evidence.tag = .good(.noTag, at: now)
            almost.evidence.spectrum = .failed(.timeout, at: now)
            return [.measuring(measured, until: later), .measuring(almost, until: later)]
        case .disturbed: return [.disturbed(measured, until: later)]
        case .classifying: return [.classifying(measured), .classifying(seen)]
        case .shifting:
            return Shift.Step.allCases.map {
                .shifting(seen, Shift(step: $0, rejection: Rejection(reason: .lowConfidence), until: later))
            }
        case .storing: return [.storing(pending, until: later)]
        case .diverting: return [.diverting(accepted, until: later)]
        case .carrying: return carriages.map { .carrying(accepted, $0) }
        case .interfered: return carriages.map { .interfered(accepted, $0) }
        case .passingExit:
            return [false, true].map { .passingExit(accepted, dropSeen: $0, until: later) }
        case .dropping: return [.dropping(accepted, until: later)]
        case .guarding:
            return [.guarding(accepted, .watching(until: later)), .guarding(accepted, .beamBlocked(until: later))]
        case .clearing:
            return JamKind.allCases.flatMap { kind in
                Clearing.Place.allCases.flatMap { place in
                    Clearing.Step.allCases.flatMap { step in
                        [1, 3].map { attempt in
                            Passage.clearing(
                                accepted,
                                Clearing(jam: kind, place: place, attempt: attempt, step: step, until: later))
                        }
                    }
                }
            }
        case .jammed: return JamKind.allCases.map { .jammed($0) }
        case .handingBack: return handBacks.map { .handingBack($0, until: later) }
        case .offering: return handBacks.map { .offering($0, until: later) }
        case .notTaken: return handBacks.map { .notTaken($0, buzzerUntil: later) }
        }
    }

    static func samples(of name: PassageEventName) -> [PassageEvent] {
        switch name {
        case .entryBlocked: return [.entryBeam(isBlocked: true)]
        case .entryFree: return [.entryBeam(isBlocked: false)]
        case .exitBlocked: return [.exitBeam(isBlocked: true)]
        case .exitFree: return [.exitBeam(isBlocked: false)]
        case .dropBlocked: return [.dropBeam(isBlocked: true)]
        case .dropFree: return [.dropBeam(isBlocked: false)]
        case .presenceSeen: return [.presence(isActive: true)]
        case .presenceGone: return [.presence(isActive: false)]
        case .metalSeen: return [.metal(isActive: true)]
        case .metalGone: return [.metal(isActive: false)]
        case .diverterHome: return [.diverterHome(isActive: true)]
        case .diverterAway: return [.diverterHome(isActive: false)]
        case .evidenceArrived:
            return [1, 99].map {
                .evidenceArrived(PassageID(rawValue: $0), .mass(.good(Mass(milligrams: 5), at: now)))
            }
        case .classified:
            return [Classification.plasticCup, .reusableCup, .unclear, .foreign].map { .classified(measured.id, $0) }
                + [.classified(PassageID(rawValue: 99), .plasticCup)]
        case .acceptanceStored: return [.acceptanceStored(sequence: 7)]
        case .acceptanceFailed: return StoreFailure.allCases.map { .acceptanceFailed($0) }
        case .deadlineReached: return [.deadlineReached]
        case .aborted: return [.aborted(.emergencyStop)]
        case .released: return [.released]
        case .stopRequested: return [.stopRequested]
        case .drainingEnded: return [.drainingEnded]
        }
    }

    static let contexts: [PassageContext] = {
        let lines: [InputLine] = [.presence, .entryBeam, .exitBeam, .dropBeam, .diverterHome]
        return (0..<(1 << lines.count)).flatMap { bits in
            let active = Set(lines.indices.filter { bits >> $0 & 1 == 1 }.map { lines[$0] })
            return [true, false].flatMap { mayIntake in
                [true, false].map { isStopping in
                    PassageContext(
                        settings: .rs1, levels: LineLevels(active: active), mayIntake: mayIntake,
                        isStopping: isStopping)
                }
            }
        }
    }()

    static let transitions: [Transition] = PassageName.allCases.flatMap { name in
        samples(of: name).flatMap { before in
            PassageEventName.allCases.flatMap { eventName in
                samples(of: eventName).flatMap { event in
                    contexts.map { transition(before, event, $0) }
                }
            }
        }
    }

    private static func transition(
        _ before: Passage, _ event: PassageEvent, _ context: PassageContext
    ) -> Transition {
        var context = context
        // The level after an event is what the event said.
        switch event {
        case .entryBeam(let isBlocked): context.levels.set(.entryBeam, isActive: isBlocked)
        case .exitBeam(let isBlocked): context.levels.set(.exitBeam, isActive: isBlocked)
        case .dropBeam(let isBlocked): context.levels.set(.dropBeam, isActive: isBlocked)
        case .presence(let isActive): context.levels.set(.presence, isActive: isActive)
        case .metal(let isActive): context.levels.set(.metal, isActive: isActive)
        case .diverterHome(let isActive): context.levels.set(.diverterHome, isActive: isActive)
        case .evidenceArrived, .classified, .acceptanceStored, .acceptanceFailed, .deadlineReached, .aborted,
            .released, .stopRequested, .drainingEnded:
            break
        }
        var machine = PassageMachine(state: before)
        let effects = machine.handle(event, at: now, in: context)
        return Transition(before: before, event: event, context: context, after: machine.state, effects: effects)
    }

    /// The changes of state, as the diagram shows them.
    static let edges: Set<Edge> = Set(
        transitions.lazy.filter { $0.before.name != $0.after.name }.map {
            Edge(from: $0.before.name, event: $0.event.name, to: $0.after.name)
        })
}
