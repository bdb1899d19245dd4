import Drivers
import Testing
import Vocabulary

@testable import SimulatedStation

/// The simulated near-infrared head, met by its own driver. Each request takes 20 ms.
@Suite struct HeadTests {
    private static func rig(_ kind: NIRHeadKind, _ items: [SimulatedItem] = [.cup()]) -> Rig {
        Rig(items) {
            $0.equipment.nirHead = kind
            $0.spectra = .synthetic(for: kind)
        }
    }

    private static func spectrum(_ step: DriverStep) -> Spectrum? {
        guard case .done(.evidence(.spectrum(.good(let spectrum, at: _))), _) = step else { return nil }
        return spectrum
    }

    private static func references(_ step: DriverStep) -> Measured<HeadReferences>? {
        guard case .done(.references(let references), _) = step else { return nil }
        return references
    }

    /// Root of the mean square of how much white changed by band, with what all share taken off.
    private static func change(_ before: [UInt16], _ after: [UInt16]) -> Double {
        let ratios = zip(before, after).map { Double($1) / Double($0) - 1 }
        let mean = ratios.reduce(0, +) / Double(ratios.count)
        return (ratios.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(ratios.count)).squareRoot()
    }

    @Test(arguments: NIRHeadKind.allCases)
    func `each kind of head is read by its driver and has the bands that the driver declares`(
        _ kind: NIRHeadKind
    ) throws {
        let rig = Self.rig(kind)
        rig.putIn()
        var driver = NIRHead(kind)
        let spectrum = try #require(Self.spectrum(rig.run(&driver, .nirHead, .measure, fromMilliseconds: 5000)))
        #expect(spectrum.wavelengthsDecinanometres == kind.wavelengthsDecinanometres)
        #expect(spectrum.raw.count == kind.bandCount && spectrum.raw.allSatisfy { $0 > 5000 })
        var other = NIRHead(kind == .led8 ? .spectrometer : .led8)
        #expect(rig.run(&other, .nirHead, .poll, fromMilliseconds: 8000) == .failed(.implausible))
    }

    /// Root of the mean square difference of two spectra by band, relative to white.
    private static func difference(_ first: Spectrum, _ second: Spectrum) -> Double {
        let squares = first.raw.indices.map { band in
            let change = (Double(first.raw[band]) - Double(second.raw[band])) / Double(first.white[band])
            return change * change
        }
        return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    }

    @Test func `an item that lies still looks the same again, and another part of it otherwise`() throws {
        let rig = Self.rig(.spectrometer)
        rig.putIn()
        var driver = NIRHead(.spectrometer)
        func look(at milliseconds: Int64) throws -> Spectrum {
            try #require(Self.spectrum(rig.run(&driver, .nirHead, .measure, fromMilliseconds: milliseconds)))
        }
        let first = try look(at: 6000)
        let again = try look(at: 8000)
        rig.set(.conveyorReverse, true, atMilliseconds: 10_000)
        rig.set(.conveyorReverse, false, atMilliseconds: 10_200)
        let shifted = try look(at: 11_000)
        // Eight counts of noise at a white of at least 16 000; placements of the synthetic head differ by 1 %.
        #expect(Self.difference(first, again) < 0.001)
        #expect(Self.difference(first, shifted) > 0.002)
    }

    @Test func `on the bench each item lies before the head for so many measurements, the last one for ever`() throws {
        var items = [SimulatedItem.cup(), .cup(), .cup()]
        for index in items.indices { items[index].isTypical = false }
        items[1].spectrum = "pet"
        let rig = Rig(items) {
            $0.equipment.nirHead = .led8
            $0.spectra = .synthetic(for: .led8)
            $0.benchMeasurements = 2
        }
        var driver = NIRHead(.led8)
        var shapes: [[Double]] = []
        for number in 0..<8 {
            let step = rig.run(&driver, .nirHead, .measure, fromMilliseconds: 5000 + 2000 * Int64(number))
            let raw = try #require(Self.spectrum(step)).raw.map(Double.init)
            shapes.append(raw.map { $0 / raw.reduce(0, +) })
        }
        func distance(_ left: Int, _ right: Int) -> Double {
            zip(shapes[left], shapes[right]).reduce(0) { $0 + abs($1.0 - $1.1) }
        }
        #expect(distance(1, 2) > 3 * distance(0, 1) && distance(3, 4) > 3 * distance(2, 3))
        #expect(distance(0, 1) < 0.05 && distance(4, 7) < 0.05)
    }

    @Test func `new references follow a lamp that drifts, and old ones do not`() throws {
        let rig = Self.rig(.led8)
        rig.putIn()
        var driver = NIRHead(.led8)
        let first = try #require(
            Self.references(rig.run(&driver, .nirHead, .takeReferences, fromMilliseconds: 5000))?.value)
        rig.world.inject(.headDrift(permillePerHour: 40), at: .milliseconds(10_000))
        let hour: Int64 = 3_600_000
        let spectrum = try #require(Self.spectrum(rig.run(&driver, .nirHead, .measure, fromMilliseconds: hour)))
        #expect(spectrum.white == first.white)
        let second = try #require(
            Self.references(rig.run(&driver, .nirHead, .takeReferences, fromMilliseconds: hour + 5000))?.value)
        #expect(abs(Self.change(first.white, second.white) - 0.04) < 0.004)
    }

    @Test func `a tile that is stuck is said in the status until it moves again`() {
        let rig = Self.rig(.led8)
        var driver = NIRHead(.led8)
        rig.world.inject(.tileStuck(true), at: .milliseconds(1000))
        let refused = Self.references(rig.run(&driver, .nirHead, .takeReferences, fromMilliseconds: 2000))
        guard case .failed(.refused, at: _) = refused else {
            Issue.record("\(String(describing: refused))")
            return
        }
        #expect(rig.read(.nirHead, .input, address: 1, count: 1, at: .milliseconds(8000)) == .values([4]))
        #expect(Self.spectrum(rig.run(&driver, .nirHead, .measure, fromMilliseconds: 9000)) != nil)
        rig.world.inject(.tileStuck(false), at: .milliseconds(12_000))
        let taken = Self.references(rig.run(&driver, .nirHead, .takeReferences, fromMilliseconds: 13_000))
        #expect(taken?.value != nil)
    }

    @Test func `white wanders as the statistics say, and comes back`() {
        let wandering = HeadDrift.Wandering(common: 0.07, perBand: 0.02, relaxationHours: 8)
        var steps: [Double] = []
        var last: [Double] = []
        for seed in 0..<200 as Range<UInt64> {
            var drift = HeadDrift(bands: 8, wandering: wandering, random: SeededRandom(seed: seed), at: .zero)
            let early = drift.factors(at: .milliseconds(40 * 3_600_000))
            let late = drift.factors(at: .milliseconds(40 * 3_600_000 + 1_800_000))
            steps += zip(early, late).map { $1 - $0 }
            last += late
        }
        func spread(_ values: [Double]) -> Double {
            let mean = values.reduce(0, +) / Double(values.count)
            return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
        }
        // sqrt(0.07^2 + 0.02^2), and a half-hour's step: that times sqrt(2 (1 - exp(-1/16))).
        #expect(abs(spread(last) - 0.0728) < 0.008)
        #expect(abs(spread(steps) - 0.0253) < 0.003)
    }

    @Test func `the 8-LED head hangs on the RTU bus, the spectrometer on the TCP bus`() {
        var equipment = StationEquipment()
        #expect(!ReferenceStation.serialUnits(of: equipment).contains { $0.device == .nirHead })
        #expect(ReferenceStation.networkUnits(of: equipment).map(\.unit) == [1, 2])
        equipment.nirHead = .led8
        #expect(ReferenceStation.serialUnits(of: equipment).filter { $0.device == .nirHead }.map(\.unit) == [4])
        #expect(ReferenceStation.networkUnits(of: equipment).map(\.device) == [.drive])
    }
}
