import Testing
import Vocabulary

@testable import Station

struct PassageTableTests {
    @Test func `the diagram shows exactly the transitions that the code makes`() throws {
        let code = Diagram(
            edges: PassageExplorer.edges.map { ($0.from.rawValue, $0.event.rawValue, $0.to.rawValue) })
        let drawn = try Diagram(file: "Passage.md")
        #expect(drawn == code, "the arrows of Passage.md have to be:\n\(code.mermaid)")
    }

    @Test(arguments: PassageName.allCases)
    func `every state has samples of its own name`(name: PassageName) {
        let samples = PassageExplorer.samples(of: name)
        #expect(!samples.isEmpty)
        #expect(samples.allSatisfy { $0.name == name })
    }

    @Test(arguments: PassageEventName.allCases)
    func `every event has samples of its own name`(name: PassageEventName) {
        let samples = PassageExplorer.samples(of: name)
        #expect(!samples.isEmpty)
        #expect(samples.allSatisfy { $0.name == name })
    }

    @Test func `every state can be reached and left`() {
        for name in PassageName.allCases {
            #expect(PassageExplorer.edges.contains { $0.to == name }, "\(name) is never reached")
            #expect(PassageExplorer.edges.contains { $0.from == name }, "\(name) is never left")
        }
    }

    @Test func `every state that waits for something else than a person or the ledger has a deadline`() {
        let mayWait: Set<PassageName> = [.stranded, .empty, .mouthBlocked, .classifying, .jammed]
        for name in PassageName.allCases {
            for sample in PassageExplorer.samples(of: name) {
                #expect((sample.deadline == nil) == mayWait.contains(name), "\(name)")
            }
        }
    }

    @Test func `an accepted item leaves its passage with exactly one outcome and never without`() {
        for transition in PassageExplorer.transitions {
            let outcomes = transition.effects.count { effect in
                if case .record(.ended) = effect { return true } else { return false }
            }
            let isLost = transition.before.accepted != nil && transition.after.accepted == nil
            #expect(outcomes == (isLost || transition.endsStrandedAcceptance ? 1 : 0), "\(transition)")
        }
    }

    @Test func `the belt runs forward only with an acceptance on disk`() {
        for transition in PassageExplorer.transitions {
            let energised = OutputPlan.energised(.executing, transition.after, .rs1)
            #expect(!energised.isSuperset(of: [.conveyorForward, .conveyorReverse]))
            if energised.contains(.conveyorForward) {
                #expect(transition.after.accepted?.sequence == 7)
                #expect(!energised.contains(.gate))
            }
        }
    }

    @Test func `in every mode but those of intake nothing is energised that moves`() {
        let still: [Mode] = [.starting, .aborted([.doorOpen]), .service, .stopped]
        for mode in still {
            for name in PassageName.allCases {
                for sample in PassageExplorer.samples(of: name) {
                    #expect(OutputPlan.energised(mode, sample, .rs1).isSubset(of: [.lampRed]))
                }
            }
        }
    }

    @Test func `an abort leaves nothing under way in any state`() {
        for transition in PassageExplorer.transitions where transition.event.name == .aborted {
            #expect(transition.after.name == .stranded)
        }
    }
}

extension Passage {
    /// The accepted item that this state carries and still owes an outcome.
    var accepted: AcceptedItem? {
        switch self {
        case .diverting(let item, _), .carrying(let item, _), .interfered(let item, _),
            .passingExit(let item, _, _), .dropping(let item, _), .guarding(let item, _), .clearing(let item, _):
            item
        case .handingBack(let handBack, _), .offering(let handBack, _), .notTaken(let handBack, _):
            switch handBack.subject {
            case .accepted(let item, _): item
            case .rejected, .foundOnBelt: nil
            }
        case .stranded, .checking, .empty, .entering, .mouthBlocked, .settling, .measuring, .disturbed,
            .classifying, .shifting, .storing, .jammed:
            nil
        }
    }
}

extension PassageExplorer.Transition {
    /// The ledger answered for an acceptance whose item is not followed any more, or one that is gone already.
    var endsStrandedAcceptance: Bool {
        switch (before, event) {
        case (.stranded(.storing), .acceptanceStored): true
        case (.storing, .acceptanceStored): after.accepted == nil
        default: false
        }
    }
}
