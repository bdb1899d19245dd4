import TestSupport
import Testing
import Vocabulary

@testable import Station

/// Everything happens to the station in any order: levels flap, devices die, the ledger is slow or full, people press
/// and clear. One seed gives one walk.
struct RandomWalk {
    var generator: SplitMix
    var machine = StationMachine(settings: .rs1)
    var now = Instant(nanoseconds: 0)
    /// What is on the imagined disk.
    var ledger: [LedgerRecord] = []
    /// Appended and not yet answered, oldest first: the ledger answers in order.
    var waiting: [(token: RecordToken, record: LedgerRecord)] = []
    var isFinished = false

    init(seed: UInt64) {
        generator = SplitMix(seed: seed)
        let active: Set<InputLine> = [.doorClosed, .emergencyStopCircuitClosed, .diverterHome]
        for line in InputLine.allCases { send(.lineChanged(line, isActive: active.contains(line))) }
    }

    mutating func step() {
        // The likely course of things first, so that walks get somewhere, and then everything else.
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<8: reachDeadline()
        case 8..<35: answerLedger()
        case 35..<82: goOn()
        case 82..<90: flip(InputLine.allCases.randomElement(using: &generator)!)
        case 90..<93: send(.commanded(.clear, by: "walk"))
        case 93..<95: send(.binLevelRead("plastic", .good(Bool.random(using: &generator) ? 95 : 5, at: now)))
        case 95: send(.diskChanged(DiskState.allCases.randomElement(using: &generator)!))
        case 96: send(Bool.random(using: &generator) ? .lineFailed("chip") : .lineWorked("chip"))
        case 97: send(.driveFaultRead(Bool.random(using: &generator) ? 3 : 0))
        case 98: mend()
        default: pass(.milliseconds(Int64.random(in: 0...3000, using: &generator)))
        }
    }

    /// What a well-meaning world would do next.
    private mutating func goOn() {
        switch machine.passage {
        case .empty: flip(.entryBeam)
        case .entering: flip(machine.levels.isActive(.presence) ? .entryBeam : .presence)
        case .settling: flip(.presence)
        case .measuring(let item, _):
            send(.evidenceArrived(item.id, .mass(.good(Mass(milligrams: 35_000), at: now))))
            send(.evidenceArrived(item.id, .tag(.good(.noTag, at: now))))
            let spectrum: Measured<Spectrum> =
                Bool.random(using: &generator) ? .good(.blank, at: now) : .failed(.timeout, at: now)
            send(.evidenceArrived(item.id, .spectrum(spectrum)))
        case .diverting: flip(.diverterHome)
        case .carrying, .passingExit:
            if machine.levels.isActive(.presence), machine.passage.name == .passingExit { flip(.presence) }
            flip(.exitBeam)
        case .dropping: flip(.dropBeam)
        case .guarding:
            if machine.levels.isActive(.dropBeam) { flip(.dropBeam) } else { reachDeadline() }
        case .offering, .notTaken:
            if machine.levels.isActive(.presence) { flip(.presence) }
            flip(.entryBeam)
        case .handingBack, .interfered, .disturbed, .mouthBlocked: flip(.entryBeam)
        case .stranded, .checking, .classifying, .shifting, .storing, .clearing, .jammed: reachDeadline()
        }
    }

    private mutating func mend() {
        for line in [InputLine.doorClosed, .emergencyStopCircuitClosed] { send(.lineChanged(line, isActive: true)) }
        for line in [InputLine.serviceKey, .exitBeam, .dropBeam, .entryBeam, .presence] {
            send(.lineChanged(line, isActive: false))
        }
        send(.lineWorked("chip"))
        send(.driveFaultRead(0))
        send(.diskChanged(.ample))
        send(.binLevelRead("plastic", .good(5, at: now)))
        send(.commanded(.clear, by: "walk"))
    }

    private mutating func flip(_ line: InputLine) {
        send(.lineChanged(line, isActive: !machine.levels.isActive(line)))
    }

    private mutating func pass(_ duration: Duration) { now = now + duration }

    mutating func reachDeadline() {
        guard let deadline = machine.nextDeadline else { return }
        now = max(now, deadline)
        send(.deadlineReached)
    }

    mutating func answerLedger() {
        guard !waiting.isEmpty else { return }
        let (token, record) = waiting.removeFirst()
        guard Int.random(in: 0..<20, using: &generator) > 0 else {
            send(.recordFailed(token, .diskFull))
            return
        }
        ledger.append(record)
        send(.recordStored(token, sequence: Int64(ledger.count)))
    }

    mutating func send(_ event: StationEvent) {
        for effect in machine.handle(event, at: now) {
            switch effect {
            case .append(let token, let record), .appendAgain(let token, let record): waiting.append((token, record))
            case .classify(let id, _):
                let answers: [Classification] = [.plasticCup, .reusableCup, .unclear, .foreign]
                send(.classified(id, answers.randomElement(using: &generator)!))
            case .finish: isFinished = true
            case .set, .makeSafe, .measure, .takeReferences: break
            }
        }
    }

    // MARK: - What must hold

    var accepted: Set<Int64> {
        Set(ledger.indices.filter { ledger[$0].kind == .accepted }.map { Int64($0 + 1) })
    }

    var ended: [Int64] {
        ledger.compactMap { record in
            if case .ended(let ended) = record { ended.acceptedSequence } else { nil }
        }
    }

    /// The first broken promise, as a sentence; nil if all hold.
    var brokenPromise: String? {
        let (accepted, ended) = (accepted, ended)
        if Set(ended).count != ended.count { return "an acceptance has two outcomes" }
        if !Set(ended).isSubset(of: accepted) { return "an outcome has no acceptance" }
        if machine.energised.isSuperset(of: [.conveyorForward, .conveyorReverse]) { return "both directions at once" }
        if machine.energised.contains(.conveyorForward) {
            guard let item = machine.passage.accepted else { return "forward without an acceptance" }
            if !accepted.contains(item.sequence) { return "forward before the acceptance is on disk" }
            if ended.contains(item.sequence) { return "forward after the outcome" }
        }
        switch machine.mode {
        case .aborted, .service, .stopped, .starting:
            if !machine.energised.isSubset(of: [.lampRed]) { return "something is energised in \(machine.mode)" }
        case .idle, .executing, .held, .suspended, .stopping: break
        }
        return nil
    }

    /// Acceptances on disk that no outcome ends, no state follows and no record will end.
    var lostAcceptances: Set<Int64> {
        let pendingOutcomes = (waiting.map(\.record) + machine.desk.waitingRecords).compactMap { record in
            if case .ended(let ended) = record { ended.acceptedSequence } else { nil }
        }
        var followed = Set(ended).union(pendingOutcomes)
        if let item = machine.passage.accepted { followed.insert(item.sequence) }
        return accepted.subtracting(followed)
    }
}

struct RandomWalkTests {
    @Test(arguments: 0..<20)
    func `no sequence of events breaks a promise or loses an acceptance`(block: Int) {
        for seed in UInt64(block * 20)..<UInt64(block * 20 + 20) {
            var walk = RandomWalk(seed: seed)
            for step in 0..<300 {
                walk.step()
                if let promise = walk.brokenPromise {
                    Issue.record("seed \(seed), step \(step): \(promise)")
                    return
                }
                guard walk.lostAcceptances.isEmpty else {
                    Issue.record("seed \(seed), step \(step): acceptance \(walk.lostAcceptances) is lost")
                    return
                }
            }
        }
    }

    @Test func `walks get everywhere`() {
        var seen: Set<PassageName> = []
        var outcomes: Set<Outcome> = []
        for seed in 0..<200 as Range<UInt64> {
            var walk = RandomWalk(seed: seed)
            for _ in 0..<300 {
                walk.step()
                seen.insert(walk.machine.passage.name)
            }
            for case .ended(let ended) in walk.ledger { outcomes.insert(ended.outcome) }
        }
        // Classifying lasts no longer than the classifier.
        #expect(seen == Set(PassageName.allCases).subtracting([.classifying]))
        #expect(outcomes == Set(Outcome.allCases))
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func `a stop always ends, and ends every acceptance whose outcome can be stored`(seed: UInt64) {
        var walk = RandomWalk(seed: seed)
        for _ in 0..<150 { walk.step() }
        walk.send(.stopRequested)
        var steps = 0
        while !walk.isFinished, steps < 2000 {
            walk.answerLedger()
            walk.reachDeadline()
            steps += 1
        }
        #expect(walk.isFinished)
        #expect(walk.machine.energised.isEmpty)
        #expect(walk.brokenPromise == nil)
        #expect(walk.lostAcceptances.isEmpty)
    }
}
