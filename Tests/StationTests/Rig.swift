import Station
import Vocabulary

/// A station machine with a hand on every wire: events go in, effects come out, records are stored at once unless a
/// test holds the ledger back.
struct Rig {
    var machine: StationMachine
    var now = Instant(nanoseconds: 1_000_000_000)
    /// Every effect so far, in order.
    var effects: [StationEffect] = []
    /// Records that are on the imagined disk, with their sequence numbers.
    var ledger: [LedgerRecord] = []
    var waiting: [(RecordToken, LedgerRecord)] = []
    var storing = Storing.works
    var answer = Classification.plasticCup

    enum Storing {
        case works, holdsBack
        case fails(StoreFailure)
    }

    init(settings: IntakeSettings = .rs1, leftover: Leftover = .none) {
        machine = StationMachine(settings: settings, leftover: leftover)
    }

    /// A station at idle, its belt checked and free.
    static func idle(settings: IntakeSettings = .rs1) -> Rig {
        var rig = Rig(settings: settings)
        rig.powerUp()
        rig.waitForDeadline()
        return rig
    }

    mutating func powerUp(active: Set<InputLine> = [.doorClosed, .emergencyStopCircuitClosed, .diverterHome]) {
        for line in InputLine.allCases { send(.lineChanged(line, isActive: active.contains(line))) }
    }

    @discardableResult
    mutating func send(_ event: StationEvent) -> [StationEffect] {
        let answers = machine.handle(event, at: now)
        effects += answers
        for effect in answers { perform(effect) }
        return answers
    }

    private mutating func perform(_ effect: StationEffect) {
        switch effect {
        case .append(let token, let record), .appendAgain(let token, let record):
            switch storing {
            case .works: store(token, record)
            case .holdsBack: waiting.append((token, record))
            case .fails(let failure): send(.recordFailed(token, failure))
            }
        case .classify(let id, _): send(.classified(id, answer))
        case .set, .makeSafe, .measure, .takeReferences, .finish: break
        }
    }

    private mutating func store(_ token: RecordToken, _ record: LedgerRecord) {
        ledger.append(record)
        send(.recordStored(token, sequence: Int64(ledger.count)))
    }

    mutating func answerLedger() {
        storing = .works
        let held = waiting
        waiting = []
        for (token, record) in held { store(token, record) }
    }

    mutating func set(_ line: InputLine, _ isActive: Bool) {
        send(.lineChanged(line, isActive: isActive))
    }

    mutating func pass(_ duration: Duration) {
        now = now + duration
    }

    /// Moves the clock to the next deadline and reports it.
    mutating func waitForDeadline() {
        guard let deadline = machine.nextDeadline else { return }
        now = max(now, deadline)
        send(.deadlineReached)
    }

    // MARK: - What people and items do

    mutating func putItemIn(metal: Bool = false) {
        set(.entryBeam, true)
        pass(.milliseconds(300))
        set(.presence, true)
        if metal { set(.metal, true) }
        pass(.milliseconds(200))
        set(.entryBeam, false)
    }

    var measuredPassage: PassageID? {
        effects.reversed().lazy.compactMap { effect -> PassageID? in
            guard case .measure(let id, _) = effect else { return nil }
            return id
        }.first
    }

    /// - Parameter spectrum: by default the head did not answer.
    mutating func answerEvidence(spectrum: Measured<Spectrum>? = nil) {
        guard let id = measuredPassage else { return }
        send(.evidenceArrived(id, .tag(.good(.noTag, at: now))))
        send(.evidenceArrived(id, .mass(.good(Mass(milligrams: 35_000), at: now))))
        send(.evidenceArrived(id, .spectrum(spectrum ?? .failed(.timeout, at: now))))
    }

    /// The head has read the item, as it lies.
    mutating func answerSpectrum() {
        guard let id = measuredPassage else { return }
        send(.evidenceArrived(id, .spectrum(.good(.blank, at: now))))
    }

    /// From idle to the belt running with an accepted item.
    mutating func acceptItem() {
        putItemIn()
        answerEvidence()
        if case .diverting = machine.passage { set(.diverterHome, false) }
    }

    mutating func passExitBeam() {
        pass(.milliseconds(800))
        set(.exitBeam, true)
        set(.presence, false)
        pass(.milliseconds(400))
        set(.exitBeam, false)
    }

    mutating func drop() {
        pass(.milliseconds(400))
        set(.dropBeam, true)
        pass(.milliseconds(60))
        set(.dropBeam, false)
    }

    // MARK: - What one asks of it

    var outcomes: [Outcome] {
        ledger.compactMap { record in
            guard case .ended(let ended) = record else { return nil }
            return ended.outcome
        }
    }

    var refusals: [RefusalRecord] {
        ledger.compactMap { record in
            guard case .refused(let refused) = record else { return nil }
            return refused
        }
    }

    var isMoving: Bool {
        !machine.energised.isDisjoint(with: [.conveyorForward, .conveyorReverse])
    }

    func has(_ code: FaultCode) -> Bool { machine.faults.contains { $0.code == code } }
}

extension IntakeSettings {
    static let rs1: IntakeSettings = {
        let plastics = Set(Material.allCases.filter(\.isPlastic))
        var settings = IntakeSettings(
            bins: [
                BinSettings(id: "reuse", position: .home), BinSettings(id: "plastic", position: .left),
                BinSettings(id: "fibre", position: .right), BinSettings(id: "metal-glass", position: .both),
            ],
            routes: [
                Route(stream: .reuse, materials: Set(Material.allCases), bin: "reuse"),
                Route(stream: .recycling, materials: plastics, bin: "plastic"),
                Route(stream: .recycling, materials: [.fibre], bin: "fibre"),
                Route(stream: .recycling, materials: [.glass, .aluminium, .steel], bin: "metal-glass"),
            ])
        settings.placements = 3
        return settings
    }()
}

extension Spectrum {
    static let blank = Spectrum(
        wavelengthsDecinanometres: [9400], raw: [2000], white: [4000], dark: [100], integrationMicroseconds: 1000)
}

extension Classification {
    static func identified(_ material: Material, _ stream: Vocabulary.Stream) -> Classification {
        Classification(
            result: .identified(
                Identification(
                    packagingType: nil, material: material, stream: stream, massMilligrams: 35_000,
                    massSource: .measured)),
            confidencePermille: 970, candidates: [Candidate(material: material, probabilityPermille: 970)])
    }

    static let plasticCup = identified(.pp, .recycling)
    static let reusableCup = identified(.pp, .reuse)
    static let unclear = Classification(
        result: .unknown(.lowConfidence), confidencePermille: 500,
        candidates: [Candidate(material: .pp, probabilityPermille: 500)])
    static let foreign = Classification(
        result: .unknown(.foreign), confidencePermille: 400,
        candidates: [Candidate(material: .pp, probabilityPermille: 400)])
}
