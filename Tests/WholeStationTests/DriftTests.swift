import ShippedFiles
import Ledger
import MaterialModel
import SimulatedStation
import Station
import Testing
import VirtualStation
import Vocabulary

/// A head whose white drifts, in virtual time: the fault comes before verdicts suffer.
struct DriftTests {
    static let polymers: [Material] = [.pet, .hdpe, .pp, .ps]
    static let itemsOfEach = 25
    static let limits = ReferenceLimits.of(.spectrometer)
    static let driftPerHour = 0.015

    static func at(minutes: Int64) -> Instant { Instant(nanoseconds: minutes * 60_000_000_000) }

    /// Share of polymer items that are named rightly by their spectrum beside a mass that fits no type.
    static func shareNamedRightly(_ sampler: inout SpectraSampler, firstItem: Int) -> Double {
        var right = 0
        for (place, material) in polymers.enumerated() {
            for item in 0..<itemsOfEach {
                let number = firstItem + place * itemsOfEach + item
                guard let spectrum = sampler.measure(material.rawValue, item: number, placements: 1).first else {
                    continue
                }
                var evidence = Evidence()
                evidence.spectrum = .good(spectrum, at: .zero)
                evidence.mass = .good(Mass(milligrams: 73_000), at: .zero)
                evidence.presence = .good(true, at: .zero)
                evidence.metal = .good(false, at: .zero)
                if case .identified(let found) = Shipped.classifier.classify(evidence).result,
                    found.material == material
                {
                    right += 1
                }
            }
        }
        return Double(right) / Double(polymers.count * itemsOfEach)
    }

    struct Course {
        /// By time in minutes.
        var shares: [(minutes: Int64, share: Double)] = []
        var faultAt: Int64?
        var referencesTaken = 0

        func share(at minutes: Int64) -> Double { shares.last { $0.minutes <= minutes }?.share ?? 0 }

        func meanShare(until minutes: Int64) -> Double {
            let early = shares.filter { $0.minutes <= minutes }.map(\.share)
            return early.reduce(0, +) / Double(early.count)
        }
    }

    /// A head that drifts for ten hours, watched and asked as the station does it.
    /// - Parameter obeysUntil: the tile is stuck from this minute on.
    static func course(obeysUntil: Int64) -> Course {
        var sampler = SpectraSampler(library: Shipped.spectra, kind: .spectrometer, seed: 7)
        var watch = ReferenceWatch(limits: limits)
        var course = Course()
        sampler.drift(perHour: driftPerHour)
        for minutes in 0..<Int64(600) {
            let now = at(minutes: minutes)
            watch.proceed(to: now)
            if watch.isDue {
                watch.wasAsked()
                if minutes < obeysUntil {
                    sampler.takeReferences()
                    course.referencesTaken += 1
                    watch.take(.good(sampler.references, at: now), at: now)
                } else {
                    watch.take(.failed(.refused, at: now), at: now)
                }
            }
            if course.faultAt == nil, !watch.causes.isEmpty { course.faultAt = minutes }
            if minutes.isMultiple(of: 20) {
                // The same items each time, so that what changes is the head.
                course.shares.append((minutes, shareNamedRightly(&sampler, firstItem: 0)))
            }
            sampler.wait(to: at(minutes: minutes + 1))
        }
        return course
    }

    @Test func `a head that stops taking references is a fault before fewer items are named rightly`() throws {
        let course = Self.course(obeysUntil: 100)
        let before = course.meanShare(until: 100)
        let faultAt = try #require(course.faultAt)
        #expect(before > 0.8, "\(course.shares)")
        // The last references are at most half an hour old at minute 100, and good for 1 %: forty minutes.
        #expect(faultAt > 100 && faultAt < 142)
        // Chance from placement to placement is 3 of 100 items.
        #expect(course.share(at: faultAt) > before - 0.06, "at \(faultAt): \(course.shares)")
        #expect(course.share(at: 599) < before - 0.2, "\(course.shares)")
    }

    @Test func `a head that takes its references stays as good as it was, and is no fault`() {
        let course = Self.course(obeysUntil: 600)
        #expect(course.faultAt == nil)
        #expect(course.referencesTaken > 20)
        let start = course.share(at: 0)
        for (minutes, share) in course.shares { #expect(share > start - 0.1, "at \(minutes) of \(course.shares)") }
    }

    @Test func `the whole station raises the fault while the tile is stuck, and clears it when it moves again`() throws
    {
        var settings = Shipped.intake
        settings.evidenceSources = [.nirHead]
        var world = WorldSettings(
            seed: 3, bins: ReferenceStation.bins,
            items: (0..<12).map { _ in SimulatedItem(name: "cup", material: .pp, massMilligrams: 20_000) },
            spectra: Shipped.spectra)
        // Somebody comes every twenty minutes.
        world.bringing = .seconds(1200)...(.seconds(1200))
        world.faults = [
            TimedFault(.time(.seconds(60)), .tileStuck(true)), TimedFault(.time(.seconds(3 * 3600)), .tileStuck(false)),
        ]
        var ledger: MemoryLedger?
        let station = VirtualStation(settings: settings, world: world, classifier: Shipped.classifier) { sink, clock in
            let memory = MemoryLedger(
                station: "virtual", sink: sink, now: { clock.now },
                wallTime: { WallTime(unixMilliseconds: clock.now.nanoseconds / 1_000_000, isTrusted: true) })
            ledger = memory
            return memory
        }
        _ = station.operate(until: Self.at(minutes: 600))
        let stored = try #require(ledger).stored
        let fault = Fault(.referenceDrift, subject: "stale")
        let changes = stored.compactMap { entry -> (isRaised: Bool, minutes: Int64)? in
            let minutes = entry.wallTime.unixMilliseconds / 60_000
            if entry.record == .faultRaised(fault) { return (true, minutes) }
            return entry.record == .faultCleared(fault) ? (false, minutes) : nil
        }
        #expect(changes.map(\.isRaised) == [true, false])
        // At 1 % an hour 1 % is reached after an hour; and within a minute after the tile is free.
        #expect(changes.map(\.minutes) == [60, 180] || changes.map(\.minutes) == [60, 181])
        #expect(station.controller.state.faults.isEmpty)
    }
}
