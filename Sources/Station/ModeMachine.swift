import Vocabulary

/// May the station accept? One mode follows from the conditions that hold; the order of `currentMode` is the order
/// of importance. The state diagram is `Mode.md` beside this file.
public struct ModeMachine: Hashable, Sendable {
    public private(set) var mode: Mode = .starting
    private var conditions = Conditions()

    private struct Conditions: Hashable, Sendable {
        var linesAreRead = false
        /// Interlocks that are open now.
        var openInterlocks: Set<AbortCause> = []
        /// Interlocks that were open and have not been cleared since.
        var aborts: Set<AbortCause> = []
        var holds: Set<HoldCause> = []
        var suspends: Set<SuspendCause> = []
        var serviceKeyIsOn = false
        var passageIsUnderWay = false
        var stop = Stop.notRequested
    }

    private enum Stop: Hashable, Sendable { case notRequested, requested, done }

    public init() {}

    public mutating func handle(_ event: ModeEvent, at now: Instant) -> [ModeEffect] {
        apply(event)
        let before = mode
        mode = currentMode
        return effects(from: before, to: mode, on: event)
    }

    private mutating func apply(_ event: ModeEvent) {
        switch event {
        case .linesRead: conditions.linesAreRead = true
        case .interlockOpened(let cause): conditions.openInterlocks.insert(cause)
        case .interlockClosed(let cause): conditions.openInterlocks.remove(cause)
        case .serviceKeyTurned(let isOn): conditions.serviceKeyIsOn = isOn
        case .holdRaised(let cause): conditions.holds.insert(cause)
        case .holdReleased(let cause): conditions.holds.remove(cause)
        case .suspendRaised(let cause): conditions.suspends.insert(cause)
        case .suspendReleased(let cause):
            // Told with every event: an empty set needs no search.
            if !conditions.suspends.isEmpty { conditions.suspends.remove(cause) }
        case .passageBegan: conditions.passageIsUnderWay = true
        case .passageEnded: conditions.passageIsUnderWay = false
        case .cleared:
            conditions.aborts = []
            conditions.holds = conditions.holds.filter { !$0.needsClear }
        case .stopRequested:
            if conditions.stop == .notRequested { conditions.stop = .requested }
        case .drained: conditions.stop = .done
        }
        // With the key in service the door is opened on purpose; any other open interlock is an abort.
        let isServiced = conditions.serviceKeyIsOn && !conditions.passageIsUnderWay
        guard !conditions.openInterlocks.isEmpty else { return }
        conditions.aborts.formUnion(
            isServiced ? conditions.openInterlocks.subtracting([.doorOpen]) : conditions.openInterlocks)
    }

    private var currentMode: Mode {
        switch conditions.stop {
        case .done: return .stopped
        case .requested: return .stopping
        case .notRequested: break
        }
        if !conditions.linesAreRead { return .starting }
        if !conditions.aborts.isEmpty { return .aborted(conditions.aborts) }
        if conditions.serviceKeyIsOn, !conditions.passageIsUnderWay { return .service }
        if conditions.passageIsUnderWay, !conditions.holds.contains(where: \.showsDuringPassage) { return .executing }
        if !conditions.holds.isEmpty { return .held(conditions.holds) }
        if !conditions.suspends.isEmpty { return .suspended(conditions.suspends) }
        return .idle
    }

    private func effects(from before: Mode, to after: Mode, on event: ModeEvent) -> [ModeEffect] {
        var effects: [ModeEffect] = []
        switch event {
        // The inputs are unknown: whatever is under way ends here, in every mode.
        case .holdRaised(.lineFailed): effects.append(.strandPassage(.interrupted))
        case .interlockOpened(let cause) where before == .stopping:
            effects.append(.strandPassage(cause.outcomeCause))
        case .linesRead, .interlockOpened, .interlockClosed, .serviceKeyTurned, .holdRaised, .holdReleased,
            .suspendRaised, .suspendReleased, .passageBegan, .passageEnded, .cleared, .stopRequested, .drained:
            break
        }
        guard before != after else { return effects }
        effects.append(.changed(from: before, to: after))
        if before.name != after.name {
            switch after {
            case .aborted(let causes):
                effects.append(.strandPassage(causes.contains(.emergencyStop) ? .emergencyStop : .doorOpen))
            case .service: effects.append(.strandPassage(.interrupted))
            case .idle, .executing, .suspended:
                if before.stoodStill { effects.append(.releasePassage) }
            case .starting, .held, .stopping, .stopped: break
            }
        }
        return effects
    }
}

public enum ModeEvent: Hashable, Sendable {
    /// Every input has been read once.
    case linesRead
    case interlockOpened(AbortCause)
    case interlockClosed(AbortCause)
    case serviceKeyTurned(isOn: Bool)
    case holdRaised(HoldCause)
    case holdReleased(HoldCause)
    case suspendRaised(SuspendCause)
    case suspendReleased(SuspendCause)
    case passageBegan
    case passageEnded
    /// An operator's explicit clear. Open interlocks stay.
    case cleared
    case stopRequested
    /// Nothing is under way any more and everything is recorded.
    case drained
}

public enum ModeEventName: String, CaseIterable, Hashable, Sendable {
    case linesRead, interlockOpened, interlockClosed, serviceKeyOn, serviceKeyOff, holdRaised, holdReleased
    case suspendRaised, suspendReleased, passageBegan, passageEnded, cleared, stopRequested, drained
}

extension ModeEvent {
    public var name: ModeEventName {
        switch self {
        case .linesRead: .linesRead
        case .interlockOpened: .interlockOpened
        case .interlockClosed: .interlockClosed
        case .serviceKeyTurned(let isOn): isOn ? .serviceKeyOn : .serviceKeyOff
        case .holdRaised: .holdRaised
        case .holdReleased: .holdReleased
        case .suspendRaised: .suspendRaised
        case .suspendReleased: .suspendReleased
        case .passageBegan: .passageBegan
        case .passageEnded: .passageEnded
        case .cleared: .cleared
        case .stopRequested: .stopRequested
        case .drained: .drained
        }
    }
}

public enum ModeEffect: Hashable, Sendable {
    case changed(from: Mode, to: Mode)
    /// Whatever is under way ends where it is.
    case strandPassage(OutcomeCause)
    /// The belt may move again.
    case releasePassage
}

extension HoldCause {
    /// Shown at once; the others wait until the item under way has gone its way.
    var showsDuringPassage: Bool {
        switch self {
        case .jam, .diverterStuck, .entryBlocked, .itemNotTaken, .lineFailed: true
        case .dropsUnconfirmed, .driveFault, .requiredDeviceLost: false
        }
    }
}

extension Mode {
    /// The belt was not allowed to move, or a jam stopped it: it is checked before anything else happens.
    fileprivate var stoodStill: Bool {
        switch self {
        case .starting, .aborted, .service, .held: true
        case .idle, .executing, .suspended, .stopping, .stopped: false
        }
    }

    /// Raw values of the causes, sorted.
    public var causes: [String] {
        switch self {
        case .held(let causes): causes.map(\.rawValue).sorted()
        case .suspended(let causes): causes.map(\.rawValue).sorted()
        case .aborted(let causes): causes.map(\.rawValue).sorted()
        case .starting, .idle, .executing, .service, .stopping, .stopped: []
        }
    }
}
