import Testing
import Vocabulary

@testable import Station

/// Explores every mode that can be reached from power-up by sequences of mode events.
enum ModeExplorer {
    struct Edge: Hashable {
        var from: ModeName
        var event: ModeEventName
        var to: ModeName
    }

    static let now = Instant.zero

    /// One representative of each cause class keeps the space small; the causes themselves are told apart elsewhere.
    static func samples(of name: ModeEventName) -> [ModeEvent] {
        let holds: [HoldCause] = [.jam, .driveFault]
        switch name {
        case .linesRead: return [.linesRead]
        case .interlockOpened: return AbortCause.allCases.map { .interlockOpened($0) }
        case .interlockClosed: return AbortCause.allCases.map { .interlockClosed($0) }
        case .serviceKeyOn: return [.serviceKeyTurned(isOn: true)]
        case .serviceKeyOff: return [.serviceKeyTurned(isOn: false)]
        case .holdRaised: return holds.map { .holdRaised($0) }
        case .holdReleased: return holds.map { .holdReleased($0) }
        case .suspendRaised: return [.suspendRaised(.binFull)]
        case .suspendReleased: return [.suspendReleased(.binFull)]
        case .passageBegan: return [.passageBegan]
        case .passageEnded: return [.passageEnded]
        case .cleared: return [.cleared]
        case .stopRequested: return [.stopRequested]
        case .drained: return [.drained]
        }
    }

    static let (reached, edges): (Set<ModeMachine>, Set<Edge>) = {
        let events = ModeEventName.allCases.flatMap(samples(of:))
        var reached: Set<ModeMachine> = [ModeMachine()]
        var edges: Set<Edge> = []
        var frontier = reached
        while !frontier.isEmpty {
            var next: Set<ModeMachine> = []
            for machine in frontier {
                for event in events where isPossible(event, in: machine) {
                    var after = machine
                    _ = after.handle(event, at: now)
                    if machine.mode.name != after.mode.name {
                        edges.insert(Edge(from: machine.mode.name, event: event.name, to: after.mode.name))
                    }
                    if reached.insert(after).inserted { next.insert(after) }
                }
            }
            frontier = next
        }
        return (reached, edges)
    }()

    /// The station reports `drained` only after a stop was asked for, and passages begin only where they may.
    private static func isPossible(_ event: ModeEvent, in machine: ModeMachine) -> Bool {
        switch event {
        case .drained: machine.mode == .stopping
        case .passageBegan: machine.mode == .idle
        case .linesRead, .interlockOpened, .interlockClosed, .serviceKeyTurned, .holdRaised, .holdReleased,
            .suspendRaised, .suspendReleased, .passageEnded, .cleared, .stopRequested:
            true
        }
    }
}

struct ModeTableTests {
    @Test func `the diagram shows exactly the transitions that the code makes`() throws {
        let code = Diagram(edges: ModeExplorer.edges.map { ($0.from.rawValue, $0.event.rawValue, $0.to.rawValue) })
        let drawn = try Diagram(file: "Mode.md")
        #expect(drawn == code, "the arrows of Mode.md have to be:\n\(code.mermaid)")
    }

    @Test func `every mode is reached and every event was sent`() {
        #expect(Set(ModeExplorer.reached.map(\.mode.name)) == Set(ModeName.allCases))
        for name in ModeEventName.allCases {
            #expect(ModeExplorer.samples(of: name).allSatisfy { $0.name == name })
        }
    }

    @Test func `aborted is left by nothing but a clear, a stop, or never`() {
        let leaving = ModeExplorer.edges.filter { $0.from == .aborted }.map(\.event)
        #expect(Set(leaving) == [.cleared, .stopRequested])
    }

    @Test func `stopped is final`() {
        #expect(!ModeExplorer.edges.contains { $0.from == .stopped })
    }

    @Test func `a passage is stranded whenever an abort begins and released only when movement is allowed`() {
        for machine in ModeExplorer.reached {
            for event in ModeEventName.allCases.flatMap(ModeExplorer.samples(of:)) {
                var after = machine
                let effects = after.handle(event, at: ModeExplorer.now)
                if after.mode.name == .aborted, machine.mode.name != .aborted {
                    #expect(effects.contains { if case .strandPassage = $0 { true } else { false } })
                }
                if effects.contains(.releasePassage) {
                    #expect([.idle, .executing, .suspended].contains(after.mode.name))
                }
            }
        }
    }
}
