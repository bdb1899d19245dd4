import Vocabulary

/// The whole station: the two machines, the levels, bins, faults and records, joined by events.
///
/// One loop calls `handle`, one runner carries out the effects in order. Time is an argument; `nextDeadline` says when
/// `deadlineReached` is due.
public struct StationMachine: Hashable, Sendable {
    public private(set) var settings: IntakeSettings
    public private(set) var levels = LineLevels()
    public private(set) var energised: OutputLines = []
    public private(set) var faults: Set<Fault> = []
    var modes = ModeMachine()
    var passages: PassageMachine
    var bins = BinLevels()
    var desk = RecordDesk()
    var failedLines: Set<String> = []
    var lostDevices: Set<DeviceID> = []
    var diskState = DiskState.ample
    /// Nil without a near-infrared head.
    var optics: ReferenceWatch?
    var opticsFaults: Set<ReferenceWatch.Cause> = []
    var shutdown = Shutdown.none
    private var effects: [StationEffect] = []

    enum Shutdown: Hashable, Sendable {
        case none
        case draining(until: Instant)
        case recording(RecordToken, until: Instant)
        case finished
    }

    /// - Parameters:
    ///   - leftover: `possible` if an acceptance was cut off before this run: its item may lie on the belt.
    ///   - knownReadings: what the near-infrared head read of tagged items in earlier runs, oldest first.
    public init(settings: IntakeSettings, leftover: Leftover = .none, knownReadings: [KnownReading] = []) {
        self.settings = settings
        passages = PassageMachine(leftover: leftover)
        optics = settings.nirHead.map { ReferenceWatch(limits: .of($0), knownReadings: knownReadings) }
    }

    public var mode: Mode { modes.mode }
    public var passage: Passage { passages.state }
    public var fullBins: Set<BinID> { bins.full }
    public var binLevels: [BinID: Measured<Int>] { bins.levels }

    public var nextDeadline: Instant? {
        // Asked after every event: written out, because an array would be made each time.
        var next = passages.state.deadline
        if let retry = desk.retryAt { next = min(next ?? retry, retry) }
        if let end = shutdown.deadline { next = min(next ?? end, end) }
        if let renewal = optics?.nextDeadline { next = min(next ?? renewal, renewal) }
        return next
    }

    /// Effects come in the order in which they are to be carried out.
    public mutating func handle(_ event: StationEvent, at now: Instant) -> [StationEffect] {
        effects = []
        take(event, at: now)
        settle(at: now)
        plan()
        defer { effects = [] }
        return effects
    }

    // MARK: - Joining the machines

    mutating func passage(_ event: PassageEvent, at now: Instant) {
        let context = PassageContext(
            settings: settings, levels: levels, fullBins: bins.full, mayIntake: mode == .idle,
            isStopping: shutdown != .none)
        for effect in passages.handle(event, at: now, in: context) { perform(effect, at: now) }
        let isUnderWay = passages.state.isUnderWay
        mode(isUnderWay ? .passageBegan : .passageEnded, at: now)
    }

    private mutating func perform(_ effect: PassageEffect, at now: Instant) {
        switch effect {
        case .record(let record): append(record)
        case .measure(let id, let sources): effects.append(.measure(id, sources))
        case .classify(let id, let evidence): effects.append(.classify(id, evidence))
        case .raise(let fault): raise(fault)
        case .lower(let fault): lower(fault)
        case .hold(let cause): mode(.holdRaised(cause), at: now)
        case .release(let cause): mode(.holdReleased(cause), at: now)
        }
    }

    mutating func mode(_ event: ModeEvent, at now: Instant) {
        for effect in modes.handle(event, at: now) {
            switch effect {
            case .changed(let from, let to): modeChanged(from, to)
            case .strandPassage(let cause): passage(.aborted(cause), at: now)
            case .releasePassage: passage(.released, at: now)
            }
        }
    }

    private mutating func modeChanged(_ from: Mode, _ to: Mode) {
        if case .aborted = to {
            effects.append(.makeSafe)
            energised = []
        }
        // Idle and executing alternate with every item, and a stop has a record of its own: no second entry for those.
        guard !(from.isOrdinary && to.isOrdinary), !to.isEnding else { return }
        append(.modeChanged(ModeRecord(from: from.name, to: to.name, causes: to.causes)))
    }

    // MARK: - Records and faults

    @discardableResult
    mutating func append(_ record: LedgerRecord) -> RecordToken {
        let token = desk.issue(record)
        effects.append(.append(token, record))
        return token
    }

    mutating func retryRecords() {
        effects += desk.retry()
    }

    mutating func takeReferences() {
        effects.append(.takeReferences)
    }

    mutating func finish() {
        effects.append(.finish)
    }

    mutating func raise(_ fault: Fault) {
        if faults.insert(fault).inserted { append(.faultRaised(fault)) }
    }

    mutating func lower(_ fault: Fault) {
        if !faults.isEmpty, faults.remove(fault) != nil { append(.faultCleared(fault)) }
    }

    mutating func take(_ newSettings: IntakeSettings) {
        settings = newSettings
    }

    mutating func setLevel(_ line: InputLine, isActive: Bool) {
        levels.set(line, isActive: isActive)
    }

    // MARK: - Outputs

    /// What is to be switched off goes first: never are both directions energised, not even for a moment.
    private mutating func plan() {
        let wanted = OutputPlan.energised(mode, passages.state, settings)
        guard wanted != energised else { return }
        for line in OutputLine.allCases where energised.contains(line) && !wanted.contains(line) {
            effects.append(.set(line, isOn: false))
        }
        for line in OutputLine.allCases where wanted.contains(line) && !energised.contains(line) {
            effects.append(.set(line, isOn: true))
        }
        energised = wanted
    }
}

extension Mode {
    fileprivate var isOrdinary: Bool {
        switch self {
        case .idle, .executing: true
        case .starting, .held, .suspended, .aborted, .service, .stopping, .stopped: false
        }
    }

    fileprivate var isEnding: Bool {
        switch self {
        case .stopping, .stopped: true
        case .starting, .idle, .executing, .held, .suspended, .aborted, .service: false
        }
    }
}

extension StationMachine.Shutdown {
    var deadline: Instant? {
        switch self {
        case .none, .finished: nil
        case .draining(let until), .recording(_, let until): until
        }
    }
}
