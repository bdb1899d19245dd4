import Vocabulary

/// Which outputs are energised: a function of mode and passage, so that none can be forgotten. Forward movement
/// exists only in states that carry an `AcceptedItem`, whose acceptance is on disk.
enum OutputPlan {
    static func energised(_ mode: Mode, _ passage: Passage, _ settings: IntakeSettings) -> OutputLines {
        switch mode {
        case .stopped: []
        case .starting, .aborted, .service: [.lampRed]
        case .idle, .executing, .held, .suspended, .stopping: energised(passage, isIdle: mode == .idle, settings)
        }
    }

    private static func energised(
        _ passage: Passage, isIdle: Bool, _ settings: IntakeSettings
    ) -> OutputLines {
        switch passage {
        case .empty: isIdle ? [.gate, .lampGreen] : [.lampRed]
        case .entering, .settling: [.gate, .lampGreen]
        case .mouthBlocked, .disturbed, .offering: [.gate, .lampRed]
        case .measuring, .classifying, .storing: []
        case .shifting(_, let shift):
            switch shift.step {
            case .running: [.conveyorReverse]
            case .resting: []
            }
        case .diverting(let item, _), .guarding(let item, _): flaps(item, settings)
        case .interfered(let item, _): flaps(item, settings).union([.lampRed])
        case .carrying(let item, _), .passingExit(let item, _, _), .dropping(let item, _):
            flaps(item, settings).union([.conveyorForward])
        case .clearing(let item, let clearing):
            switch clearing.step {
            case .runningOn: flaps(item, settings).union([.conveyorForward])
            case .backingUp: flaps(item, settings).union([.conveyorReverse])
            }
        case .stranded, .checking, .jammed: [.lampRed]
        case .handingBack(let handBack, _):
            switch handBack.subject {
            case .rejected, .accepted: [.gate, .conveyorReverse, .lampRed]
            // The belt starts without anybody having put something in: warn.
            case .foundOnBelt: [.gate, .conveyorReverse, .lampRed, .buzzer]
            }
        case .notTaken(_, let buzzerUntil):
            buzzerUntil == .distantFuture ? [.gate, .lampRed] : [.gate, .lampRed, .buzzer]
        }
    }

    private static func flaps(_ item: AcceptedItem, _ settings: IntakeSettings) -> OutputLines {
        guard let position = settings.bins.first(where: { $0.id == item.acceptance.bin })?.position else { return [] }
        var lines: OutputLines = []
        if position.energisesLeft { lines.insert(.diverterLeft) }
        if position.energisesRight { lines.insert(.diverterRight) }
        return lines
    }
}
