import Testing
import Vocabulary

@testable import Station

/// When a head's references are taken, and when they are a fault; all times are given.
@Suite struct ReferenceWatchTests {
    static let bands = 8
    static let limits = ReferenceLimits.of(.led8)

    /// White of 20000 counts above a dark of 600, each band off by its share.
    static func references(_ errors: [Double] = [], dark: UInt16 = 600) -> HeadReferences {
        HeadReferences(
            white: (0..<bands).map { band in
                600 + UInt16(20_000 * (1 + (band < errors.count ? errors[band] : 0)))
            },
            dark: [UInt16](repeating: dark, count: bands))
    }

    /// An error of this size: half the bands are above, half below.
    static func zigzag(_ size: Double) -> [Double] { (0..<bands).map { $0.isMultiple(of: 2) ? size : -size } }

    static func at(minutes: Double) -> Instant { Instant(nanoseconds: Int64(minutes * 60_000_000_000)) }

    /// A watch with references of minute 0.
    static func started() -> ReferenceWatch {
        var watch = ReferenceWatch(limits: limits)
        watch.proceed(to: at(minutes: 0))
        watch.wasAsked()
        watch.take(.good(references(), at: at(minutes: 0)), at: at(minutes: 0))
        return watch
    }

    @Test func `references are asked for at the start and then once in the period`() {
        var watch = ReferenceWatch(limits: Self.limits)
        watch.proceed(to: Self.at(minutes: 0))
        #expect(watch.isDue)
        watch = Self.started()
        #expect(!watch.isDue)
        #expect(watch.nextDeadline == Self.at(minutes: 15))
        watch.proceed(to: Self.at(minutes: 14.9))
        #expect(!watch.isDue)
        watch.proceed(to: Self.at(minutes: 15))
        #expect(watch.isDue && watch.causes.isEmpty && watch.nextDeadline == nil)
    }

    @Test func `a head that drifts faster is asked more often`() {
        var watch = Self.started()
        watch.take(.good(Self.references(Self.zigzag(0.01)), at: Self.at(minutes: 15)), at: Self.at(minutes: 15))
        // 1 % in a quarter of an hour, less what references differ by chance.
        #expect(abs(watch.driftPerHour - 0.0384) < 0.0005)
        let next = watch.nextDeadline.map { Double($0.nanoseconds) / 60e9 - 15 }
        #expect(next.map { abs($0 - 60 * 0.00375 / 0.0384) < 0.2 } == true)
        // It calms down by and by.
        watch.take(.good(Self.references(Self.zigzag(0.01)), at: Self.at(minutes: 25)), at: Self.at(minutes: 25))
        #expect(abs(watch.driftPerHour - 0.0192) < 0.0005)
    }

    @Test func `what all bands have in common is no drift`() {
        var watch = Self.started()
        let brighter = Self.references([Double](repeating: 0.2, count: Self.bands))
        watch.take(.good(brighter, at: Self.at(minutes: 15)), at: Self.at(minutes: 15))
        #expect(watch.driftPerHour == Self.limits.assumedDriftPerHour)
    }

    @Test func `dark that rises is drift too`() {
        var watch = Self.started()
        var warm = Self.references()
        warm.dark = (0..<Self.bands).map { _ in 1000 }
        warm.white = warm.white.map { $0 + 400 }
        watch.take(.good(warm, at: Self.at(minutes: 15)), at: Self.at(minutes: 15))
        #expect(abs(watch.driftPerHour - 0.0792) < 0.001)
    }

    @Test func `a head that refuses is a fault when it has drifted too far, and none any more when it obeys`() {
        var watch = Self.started()
        watch.proceed(to: Self.at(minutes: 15))
        watch.wasAsked()
        watch.take(.failed(.refused, at: Self.at(minutes: 15)), at: Self.at(minutes: 15))
        #expect(watch.causes.isEmpty)
        // Asked again every minute; at 1 % an hour the limit of 0.75 % is reached after 45 minutes.
        #expect(watch.nextDeadline == Self.at(minutes: 16))
        watch.proceed(to: Self.at(minutes: 44.9))
        #expect(watch.causes.isEmpty)
        watch.proceed(to: Self.at(minutes: 45))
        #expect(watch.causes == [.stale])
        watch.take(.good(Self.references(), at: Self.at(minutes: 50)), at: Self.at(minutes: 50))
        #expect(watch.causes.isEmpty)
    }

    @Test(arguments: [ReadingFailure.timeout, .notConnected])
    func `a head that is gone is a lost device and nothing else`(_ failure: ReadingFailure) {
        var watch = Self.started()
        watch.take(.failed(failure, at: Self.at(minutes: 15)), at: Self.at(minutes: 15))
        watch.proceed(to: Self.at(minutes: 600))
        #expect(watch.isDue && watch.causes.isEmpty)
    }

    @Test func `a head that drifts faster than references can follow is a fault until it calms down`() {
        var watch = Self.started()
        watch.take(.good(Self.references(Self.zigzag(0.03)), at: Self.at(minutes: 15)), at: Self.at(minutes: 15))
        #expect(watch.causes == [.unsteady])
        watch.take(.good(Self.references(Self.zigzag(0.03)), at: Self.at(minutes: 20)), at: Self.at(minutes: 20))
        #expect(watch.causes.isEmpty)
    }

    @Test func `a lamp that is nearly gone is a fault`() {
        var watch = Self.started()
        let weak = HeadReferences(
            white: [UInt16](repeating: 2599, count: Self.bands), dark: [UInt16](repeating: 600, count: Self.bands))
        watch.take(.good(weak, at: Self.at(minutes: 15)), at: Self.at(minutes: 15))
        #expect(watch.causes == [.weakSignal])
        watch.take(.good(Self.references(), at: Self.at(minutes: 30)), at: Self.at(minutes: 30))
        #expect(watch.causes.isEmpty)
    }

    @Test func `references that the head took by itself count`() {
        var watch = Self.started()
        watch.proceed(to: Self.at(minutes: 10))
        watch.see(Self.references(), at: Self.at(minutes: 10))
        #expect(watch.nextDeadline == Self.at(minutes: 15))
        watch.see(Self.references(Self.zigzag(0.0005)), at: Self.at(minutes: 10))
        #expect(watch.nextDeadline == Self.at(minutes: 25))
    }

    // MARK: Tagged items

    static func cup(_ curve: [Double]) -> KnownReading {
        KnownReading(curve: curve, type: "cup-pp-300", material: .pp)
    }

    /// Offsets of placements of 4 %, alike in no two items, about an error.
    static func tell(
        _ watch: inout ReferenceWatch, items: Int, of material: Material = .pp, error: [Double], minutes: Double,
        seed: UInt64 = 1
    ) {
        var state = seed
        func chance() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) * 0x1p-53 - 0.5
        }
        for _ in 0..<items {
            // A uniform distribution of this width has a standard deviation of 4 %.
            watch.take(
                offset: error.map { $0 + 0.1386 * chance() }, of: material, at: at(minutes: minutes))
        }
    }

    @Test func `tagged items that read as always say nothing, however many`() {
        var watch = Self.started()
        for round in 0..<20 {
            Self.tell(&watch, items: 50, error: Self.zigzag(0), minutes: 6, seed: UInt64(round))
            #expect(watch.causes.isEmpty && !watch.isDue, "after \(50 * (round + 1)) items")
        }
    }

    @Test func `tagged items that read otherwise let the head take references, and are a fault until those mend it`() {
        var watch = Self.started()
        Self.tell(&watch, items: 29, error: Self.zigzag(0.03), minutes: 6)
        #expect(watch.causes.isEmpty && !watch.isDue)
        Self.tell(&watch, items: 200, error: Self.zigzag(0.03), minutes: 6)
        #expect(watch.isDue)
        #expect(watch.causes == [.knownItems])
        #expect(abs(watch.knownItemsError - 0.03) < 0.005)
        // White has risen by what the items were too bright: read against it they are as always.
        watch.wasAsked()
        watch.take(.good(Self.references(Self.zigzag(0.03)), at: Self.at(minutes: 7)), at: Self.at(minutes: 7))
        #expect(!watch.causes.contains(.knownItems))
        #expect(watch.knownItemsError < Self.limits.renewingError)
    }

    @Test func `new references that do not explain what tagged items show leave the fault`() {
        var watch = Self.started()
        Self.tell(&watch, items: 230, error: Self.zigzag(0.03), minutes: 6)
        watch.take(.good(Self.references(), at: Self.at(minutes: 7)), at: Self.at(minutes: 7))
        #expect(watch.causes == [.knownItems])
        // And the head is not asked again and again.
        Self.tell(&watch, items: 10, error: Self.zigzag(0.03), minutes: 8)
        #expect(!watch.isDue)
    }

    /// A warm afternoon: white moves the same way for hours, and each renewal takes away what came since the last.
    @Test(arguments: [0.002, 0.005, 0.01])
    func `a drift that the references follow is no fault, however long it lasts`(perHour: Double) {
        var watch = Self.started()
        var (renewed, seed) = (0.0, UInt64(1))
        for minutes in stride(from: 1.0, through: 24 * 60, by: 1) {
            let now = Self.at(minutes: minutes)
            let drift = perHour * minutes / 60
            watch.proceed(to: now)
            if watch.isDue {
                watch.wasAsked()
                watch.take(.good(Self.references(Self.zigzag(drift)), at: now), at: now)
                renewed = drift
            }
            // What is measured is brighter than the references by what white has moved since.
            for material in [Material.pp, .pet] {
                seed += 1
                Self.tell(
                    &watch, items: 1, of: material, error: Self.zigzag(drift - renewed), minutes: minutes, seed: seed)
            }
            if !watch.causes.isEmpty {
                Issue.record("\(watch.causes) at minute \(minutes), error \(watch.knownItemsError)")
                return
            }
        }
    }

    @Test func `references that come after hours mend what items showed meanwhile, and nothing of before`() {
        var watch = Self.started()
        Self.tell(&watch, items: 200, error: Self.zigzag(0), minutes: 6)
        // The tile is stuck: for three hours an item a minute, off by more and more.
        for minutes in 1...180 {
            let drift = 0.0002 * Double(minutes)
            Self.tell(&watch, items: 1, error: Self.zigzag(drift), minutes: Double(minutes) + 6, seed: UInt64(minutes))
        }
        #expect(watch.causes.contains(.knownItems))
        let now = Self.at(minutes: 190)
        watch.take(.good(Self.references(Self.zigzag(0.036)), at: now), at: now)
        #expect(!watch.causes.contains(.knownItems))
        #expect(watch.knownItemsError < Self.limits.renewingError)
    }

    @Test func `one material that reads otherwise among four weighs a quarter`() {
        var watch = Self.started()
        for material in [Material.pet, .hdpe, .ps] {
            Self.tell(&watch, items: 200, of: material, error: Self.zigzag(0), minutes: 6)
        }
        Self.tell(&watch, items: 200, of: .pp, error: Self.zigzag(0.02), minutes: 6)
        #expect(!watch.causes.contains(.knownItems))
        #expect(abs(watch.knownItemsError - 0.005) < 0.003)
    }

    @Test func `a type's first items are what its later ones are compared with`() {
        var watch = Self.started()
        let curve = (0..<Self.bands).map { 0.5 + 0.05 * Double($0) }
        for _ in 0..<30 { watch.take(Self.cup(curve), at: Self.at(minutes: 6)) }
        // Brighter or darker, but of the same shape: another placement.
        for _ in 0..<40 { watch.take(Self.cup(curve.map { $0 * 1.3 }), at: Self.at(minutes: 6)) }
        #expect(watch.knownItemsError < 1e-9)
        let off = zip(curve, Self.zigzag(0.02)).map { $0 * (1 + $1) }
        for _ in 0..<200 { watch.take(Self.cup(off), at: Self.at(minutes: 6)) }
        #expect(abs(watch.knownItemsError - 0.0178) < 0.003)
        #expect(watch.causes == [.knownItems])
    }

    @Test func `a tile that became dirty before the daemon started is found by what the ledger still has`() {
        let curve = (0..<Self.bands).map { 0.5 + 0.05 * Double($0) }
        let dirty = zip(curve, Self.zigzag(0.02)).map { $0 * (1 + $1) }
        let before = [KnownReading](repeating: Self.cup(curve), count: 60)
        for known in [before, []] {
            var watch = ReferenceWatch(limits: Self.limits, knownReadings: known)
            watch.proceed(to: Self.at(minutes: 0))
            watch.wasAsked()
            watch.take(.good(Self.references(), at: Self.at(minutes: 0)), at: Self.at(minutes: 0))
            #expect(watch.knownItemsError == 0 && watch.causes.isEmpty)
            for _ in 0..<200 { watch.take(Self.cup(dirty), at: Self.at(minutes: 6)) }
            // Without a memory the dirty tile is all that was ever seen.
            #expect(watch.causes == (known.isEmpty ? [] : [.knownItems]))
        }
    }

    @Test func `the limit of the 8-LED head is the tighter one`() {
        #expect(ReferenceLimits.of(.led8).greatestError < ReferenceLimits.of(.spectrometer).greatestError)
        #expect(ReferenceLimits.of(.led8).period < ReferenceLimits.of(.spectrometer).period)
    }
}
