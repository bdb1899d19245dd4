import Testing
import Vocabulary

@testable import Station

/// When the station lets its head take references, told as stories of the whole machine.
@Suite struct OpticsStoryTests {
    static let settings: IntakeSettings = {
        var settings = IntakeSettings.rs1
        settings.nirHead = .led8
        return settings
    }()
    static let references = ReferenceWatchTests.references()

    /// Idle, with the references that are asked for at the start.
    static func idle() -> Rig {
        var rig = Rig.idle(settings: settings)
        rig.send(.referencesTaken(.good(references, at: rig.now)))
        return rig
    }

    static func askings(_ rig: Rig) -> Int { rig.effects.count { $0 == .takeReferences } }

    @Test func `the head is asked once when the station is ready, and then in every period`() {
        var rig = Rig.idle(settings: Self.settings)
        #expect(Self.askings(rig) == 1)
        rig.set(.metal, true)
        #expect(Self.askings(rig) == 1)
        rig.send(.referencesTaken(.good(Self.references, at: rig.now)))
        let before = rig.now
        rig.waitForDeadline()
        #expect(rig.now - before == .seconds(900))
        #expect(Self.askings(rig) == 2)
    }

    @Test func `a station without a head asks nobody`() {
        let rig = Rig.idle()
        #expect(Self.askings(rig) == 0 && rig.machine.nextDeadline == nil)
    }

    @Test func `nobody who put something in waits for references`() {
        var rig = Self.idle()
        rig.set(.entryBeam, true)
        rig.pass(.seconds(901))
        rig.send(.deadlineReached)
        #expect(Self.askings(rig) == 1)
        rig.set(.presence, true)
        rig.set(.entryBeam, false)
        #expect(Self.askings(rig) == 1)
        rig.set(.presence, false)
        // The item was taken out again: the chamber is empty.
        #expect(rig.machine.passage == .empty)
        #expect(Self.askings(rig) == 2)
    }

    @Test func `a head that refuses is a fault in the ledger and in the status, which ends when it obeys`() throws {
        var rig = Self.idle()
        for _ in 0..<200 where !rig.has(.referenceDrift) {
            rig.waitForDeadline()
            if case .takeReferences = rig.effects.last { rig.send(.referencesTaken(.failed(.refused, at: rig.now))) }
        }
        let fault = Fault(.referenceDrift, subject: "stale")
        #expect(rig.machine.faults == [fault])
        #expect(rig.machine.mode == .idle)
        #expect(rig.ledger.last == .faultRaised(fault))
        rig.send(.referencesTaken(.good(Self.references, at: rig.now)))
        #expect(rig.machine.faults.isEmpty)
        #expect(rig.ledger.last == .faultCleared(fault))
    }

    @Test func `nobody asks a head while a technician is at it`() {
        var rig = Self.idle()
        rig.set(.serviceKey, true)
        #expect(rig.machine.mode == .service)
        rig.pass(.seconds(10_000))
        rig.send(.deadlineReached)
        #expect(Self.askings(rig) == 1 && rig.machine.nextDeadline == nil)
        rig.set(.serviceKey, false)
        rig.waitForDeadline()
        #expect(rig.machine.mode == .idle)
        #expect(Self.askings(rig) == 2)
    }

    @Test func `tagged items of a known type show references that are off`() {
        var rig = Self.idle()
        rig.answer = Classification(
            result: .identified(
                Identification(
                    packagingType: "cup-pp-300", material: .pp, stream: .reuse, massMilligrams: 35_000,
                    massSource: .measured)),
            confidencePermille: 970, candidates: [Classification.Candidate(material: .pp, probabilityPermille: 970)])
        for item in 0..<90 where !rig.has(.referenceDrift) {
            // After thirty items the head reads every second band 3 % too high.
            let error = item < 30 ? 0 : 0.03
            pass(&rig, raw: (0..<8).map { 10_600 + UInt16($0.isMultiple(of: 2) ? 10_000 * error : 0) })
        }
        #expect(rig.machine.faults == [Fault(.referenceDrift, subject: "knownItems")])
    }

    /// One tagged cup, put in, measured, and taken out again.
    private func pass(_ rig: inout Rig, raw: [UInt16]) {
        rig.putItemIn()
        guard let id = rig.measuredPassage else { return }
        rig.send(.evidenceArrived(id, .tag(.good(Tag(number: 7).map { .tag($0) } ?? .noTag, at: rig.now))))
        rig.send(.evidenceArrived(id, .mass(.good(Mass(milligrams: 35_000), at: rig.now))))
        let spectrum = Spectrum(
            wavelengthsDecinanometres: NIRHeadKind.led8.wavelengthsDecinanometres, raw: raw,
            white: Self.references.white, dark: Self.references.dark, integrationMicroseconds: 2000)
        rig.send(.evidenceArrived(id, .spectrum(.good(spectrum, at: rig.now))))
        rig.passExitBeam()
        rig.drop()
        rig.waitForDeadline()
        rig.send(.referencesTaken(.good(Self.references, at: rig.now)))
    }
}
