import Testing
import Vocabulary

@testable import Station

/// An item that one spectrum leaves unknown is shifted on the belt and looked at again.
struct SecondLookTests {
    /// Everything has answered, and the item is still unknown.
    private func unclearItem(settings: IntakeSettings = .rs1) -> Rig {
        var rig = Rig.idle(settings: settings)
        rig.answer = .unclear
        rig.putItemIn()
        rig.answerEvidence(spectrum: .good(.blank, at: rig.now))
        return rig
    }

    private func looks(_ rig: Rig) -> [Set<EvidenceSource>] {
        rig.effects.compactMap { effect in
            guard case .measure(_, let sources) = effect else { return nil }
            return sources
        }
    }

    @Test func `the belt shifts an unknown item towards the person, rests, and the head alone looks again`() {
        var rig = unclearItem()
        #expect(rig.machine.passage.name == .shifting)
        #expect(rig.machine.energised.contains(.conveyorReverse))
        rig.waitForDeadline()
        #expect(!rig.isMoving)
        #expect(looks(rig).count == 1)
        rig.waitForDeadline()
        #expect(looks(rig) == [Set(EvidenceSource.allCases), [.nirHead]])
        #expect(rig.machine.passage.name == .measuring)
        #expect(!rig.isMoving)
    }

    @Test func `what a second look makes clear is accepted, with both spectra in the ledger`() throws {
        var rig = unclearItem()
        rig.waitForDeadline()
        rig.waitForDeadline()
        rig.answer = .plasticCup
        rig.pass(.milliseconds(300))
        let firstLook = try #require(rig.machine.passage.measured?.evidence.spectrum)
        rig.answerSpectrum()
        let record = try #require(
            rig.ledger.lazy.compactMap { record -> AcceptanceRecord? in
                guard case .accepted(let accepted) = record else { return nil }
                return accepted
            }.first)
        #expect(record.evidence.spectrum == firstLook)
        #expect(record.evidence.furtherSpectra == [.good(.blank, at: rig.now)])
        #expect(record.evidence.mass.value == Mass(milligrams: 35_000))
    }

    @Test func `after as many looks as the site allows an unknown item is handed back`() {
        var rig = unclearItem()
        for look in 2...IntakeSettings.rs1.placements {
            rig.waitForDeadline()
            rig.waitForDeadline()
            #expect(rig.machine.passage.name == .measuring, "look \(look)")
            rig.answerSpectrum()
        }
        #expect(rig.machine.passage.name == .handingBack)
        #expect(looks(rig).count == 3)
        rig.set(.entryBeam, true)
        rig.set(.presence, false)
        rig.set(.entryBeam, false)
        #expect(rig.refusals.map(\.rejection.reason) == [.lowConfidence])
        #expect(rig.refusals.first?.evidence.furtherSpectra.count == 2)
    }

    @Test func `an item is read once where the site has not asked for more`() {
        var settings = IntakeSettings.rs1
        settings.placements = 1
        #expect(unclearItem(settings: settings).machine.passage.name == .handingBack)
    }

    @Test func `what looks foreign is not looked at until it does not`() {
        var rig = Rig.idle()
        rig.answer = .foreign
        rig.putItemIn()
        rig.answerEvidence(spectrum: .good(.blank, at: rig.now))
        #expect(rig.machine.passage.name == .handingBack)
        #expect(looks(rig).count == 1)
    }

    @Test func `a head that failed is not asked again`() {
        var rig = Rig.idle()
        rig.answer = .unclear
        rig.putItemIn()
        rig.answerEvidence()
        #expect(rig.machine.passage.name == .handingBack)
    }

    @Test func `a head that does not answer the second time costs one window, not more`() {
        var rig = unclearItem()
        rig.waitForDeadline()
        rig.waitForDeadline()
        rig.waitForDeadline()
        #expect(rig.machine.passage.name == .handingBack)
        #expect(looks(rig).count == 2)
    }

    @Test func `a second look that failed is kept as the failure that it was`() {
        var rig = unclearItem()
        rig.waitForDeadline()
        rig.waitForDeadline()
        let id = rig.measuredPassage!
        rig.send(.evidenceArrived(id, .spectrum(.failed(.timeout, at: rig.now))))
        #expect(rig.machine.passage.name == .handingBack)
        guard case .handingBack(let handBack, _) = rig.machine.passage, case .rejected(let item, _) = handBack.subject
        else { return }
        #expect(item.evidence.furtherSpectra == [.failed(.timeout, at: rig.now)])
        #expect(item.evidence.spectra == [.blank])
    }

    @Test(arguments: [RejectReason.noRoute, .binFull])
    func `an item that is recognised is not looked at again, whatever becomes of it`(reason: RejectReason) {
        var settings = IntakeSettings.rs1
        settings.binFullPolicy = .refuse
        if reason == .noRoute { settings.routes = [] }
        var rig = Rig.idle(settings: settings)
        if reason == .binFull { rig.send(.binLevelRead("plastic", .good(95, at: rig.now))) }
        rig.putItemIn()
        rig.answerEvidence(spectrum: .good(.blank, at: rig.now))
        #expect(rig.machine.passage.name == .handingBack)
        #expect(looks(rig).count == 1)
    }

    @Test func `an item that the belt carries out of the sensor's field is handed back, not given up`() {
        var rig = unclearItem()
        rig.set(.presence, false)
        #expect(rig.machine.passage.name == .handingBack)
        #expect(rig.machine.energised.contains(.conveyorReverse))
        #expect(rig.refusals.isEmpty)
        rig.set(.entryBeam, true)
        rig.set(.entryBeam, false)
        #expect(rig.refusals.map(\.rejection.reason) == [.lowConfidence])
        #expect(rig.refusals.map(\.withdrawn) == [false])
    }

    @Test func `a hand in the mouth stops the belt at once`() {
        var rig = unclearItem()
        rig.set(.entryBeam, true)
        #expect(rig.machine.passage.name == .disturbed)
        #expect(!rig.isMoving)
    }

    @Test func `metal that shows only after the shift counts`() {
        var rig = unclearItem()
        rig.set(.metal, true)
        rig.set(.metal, false)
        #expect(rig.machine.passage.measured?.evidence.metal.value == true)
        #expect(rig.machine.passage.name == .shifting)
    }

    @Test func `after an emergency stop in a shift the belt runs back before the next item`() {
        var rig = unclearItem()
        rig.set(.emergencyStopCircuitClosed, false)
        #expect(!rig.isMoving)
        #expect(rig.refusals.map(\.rejection.reason) == [.aborted])
        rig.set(.presence, false)
        rig.set(.emergencyStopCircuitClosed, true)
        rig.send(.commanded(.clear, by: "anna"))
        rig.waitForDeadline()
        #expect(rig.machine.passage.name == .handingBack)
    }

    @Test func `a stop that is asked for ends the looking`() {
        var rig = unclearItem()
        rig.send(.stopRequested)
        #expect(rig.machine.passage.name == .handingBack)
    }
}

extension Passage {
    /// The item that is not accepted yet.
    fileprivate var measured: MeasuredItem? {
        switch self {
        case .measuring(let item, _), .disturbed(let item, _), .classifying(let item), .shifting(let item, _): item
        case .stranded, .checking, .empty, .entering, .mouthBlocked, .settling, .storing, .diverting, .carrying,
            .interfered, .passingExit, .dropping, .guarding, .clearing, .jammed, .handingBack, .offering, .notTaken:
            nil
        }
    }
}
