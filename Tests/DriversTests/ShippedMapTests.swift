import FoundationEssentials
import Modbus
import StationConfig
import TestSupport
import Testing
import Vocabulary

@testable import Drivers

/// What a driver does with a device, its samples apart: a map tells more points than the driver that it stands for.
struct DriverTrace: Hashable {
    var steps: [DriverStep] = []
    /// The sample of one point at the end of each task.
    var samples: [Measured<PointValue>?] = []

    /// - Parameter contents: what the device's registers hold at the first look, the second and so on; the last stays.
    init(
        _ driver: inout some DeviceDriver, _ task: DriverTask, at start: Instant, _ contents: [[UInt16]], point: String
    ) {
        var now = start
        var looks = contents[...]
        var step = driver.begin(task, at: now)
        for _ in 0..<1000 {
            switch step {
            case .send(let request):
                steps.append(step)
                now = now + .milliseconds(5)
                step = driver.next(.registers(looks.count > 1 ? looks.removeFirst() : looks[looks.startIndex]), at: now)
                if request.isWrite { return }
            case .pause(let until):
                steps.append(step)
                now = until
                step = driver.next(.pauseOver, at: now)
            case .done(let result, let told):
                steps.append(.done(result))
                samples.append(told.first { $0.point == point }?.value)
                return
            case .failed:
                steps.append(step)
                return
            }
        }
    }
}

struct ShippedMapTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

    static func map(_ name: String) throws -> RegisterMap {
        let path = "config/register-maps/\(name)"
        return try RegisterMapReader.read(
            text: String(contentsOf: root.appending(path: path), encoding: .utf8), file: path)
    }

    @Test func `every shipped map is loaded here`() throws {
        let folder = Self.root.appending(path: "config/register-maps").path
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(
            files == [
                "elsner-so250.yaml", "example-energy-meter.yaml", "laumas-tlb4.yaml", "technotrade-vrd485.yaml",
            ])
        let roles = try files.map { try Self.map($0).role }
        #expect(roles == [.binLevel(point: "level"), .monitor, .scale(point: "gross"), .tagReader(point: "tag")])
    }

    @Test func `the level sensor's map does what its driver does`() throws {
        var generator = SplitMix(seed: 1)
        var seen: Set<String> = []
        for _ in 0..<2000 {
            let content: [UInt16] = [
                .random(in: 0...130, using: &generator), .random(in: .min ... .max, using: &generator),
                Bool.random(using: &generator) ? 0 : .random(in: 0...3, using: &generator),
            ]
            var driver = ElsnerSO250()
            var map = RegisterMapDriver(try Self.map("elsner-so250.yaml"))
            let expected = DriverTrace(&driver, .poll, at: .at(7), [content], point: "level")
            #expect(DriverTrace(&map, .poll, at: .at(7), [content], point: "level") == expected, "\(content)")
            seen.insert("\(ReadingKind(expected.samples[0]))")
        }
        #expect(seen == ["good", "implausible", "refused"])
    }

    @Test func `the tag reader's map does what its driver does`() throws {
        var generator = SplitMix(seed: 2)
        for index in 0..<2000 {
            let looks = (0..<4).map { _ -> [UInt16] in
                Bool.random(using: &generator)
                    ? [0, 0] : (0..<2).map { _ in .random(in: .min ... .max, using: &generator) }
            }
            let task = index % 2 == 0 ? DriverTask.poll : .measure
            var driver = TechnotradeVRD485()
            var map = RegisterMapDriver(try Self.map("technotrade-vrd485.yaml"))
            let expected = DriverTrace(&driver, task, at: .at(7), looks, point: "tag")
            #expect(DriverTrace(&map, task, at: .at(7), looks, point: "tag") == expected, "\(looks)")
        }
    }

    @Test func `the scale's map does what its driver does, drift and all`() throws {
        var generator = SplitMix(seed: 3)
        var seen: Set<String> = []
        for _ in 0..<200 {
            var driver = LaumasTLB4()
            var map = RegisterMapDriver(try Self.map("laumas-tlb4.yaml"))
            var now = Instant.at(0)
            for _ in 0..<20 {
                let looks = (0..<Int.random(in: 1...3, using: &generator)).map { _ in scale(&generator) }
                let task = Int.random(in: 0...2, using: &generator) == 0 ? DriverTask.measure : .poll
                let expected = DriverTrace(&driver, task, at: now, looks, point: "gross")
                let trace = DriverTrace(&map, task, at: now, looks, point: "gross")
                #expect(trace.steps == expected.steps, "\(looks)")
                // The driver rounds what it tells to the milligram, and tells nothing of a measurement that failed.
                if let told = expected.samples[0] {
                    #expect(difference(told, trace.samples[0]) <= 0.0005, "\(looks)")
                }
                if case .done(let result, _) = expected.steps.last { seen.insert(kind(result)) }
                now = now + .seconds(Int.random(in: 1...30, using: &generator))
            }
        }
        #expect(seen == ["poll", "good", "implausible", "unstable"])
    }

    /// Mostly what a scale says, some of it near zero.
    private func scale(_ generator: inout SplitMix) -> [UInt16] {
        let isFaulty = Int.random(in: 0...5, using: &generator) == 0
        let isStable = Int.random(in: 0...2, using: &generator) > 0
        let gross: Int32 =
            Bool.random(using: &generator)
            ? .random(in: -60...60, using: &generator) : .random(in: .min ... .max, using: &generator)
        let word = UInt32(bitPattern: gross)
        let division = UInt16.random(in: 0...20, using: &generator)
        let unit: UInt16 = Int.random(in: 0...9, using: &generator) == 0 ? .random(in: 0...3, using: &generator) : 1
        return [
            (isFaulty ? .random(in: 0...7, using: &generator) : 0) | (isStable ? 0x1000 : 0), UInt16(word >> 16),
            UInt16(word & 0xFFFF), 1, 2, 3, 4, unit << 8 | division,
        ]
    }

    private func difference(_ left: Measured<PointValue>, _ right: Measured<PointValue>?) -> Double {
        guard case .good(.number(let one), let at) = left, case .good(.number(let other), at) = right else {
            return left == right ? 0 : .infinity
        }
        // Beyond sixteen digits the nearest numbers are further apart.
        return abs(one - other) - abs(one) * 1e-15
    }

    private func kind(_ result: DriverResult) -> String {
        guard case .evidence(.mass(let mass)) = result else { return "poll" }
        switch mass {
        case .missing: return "missing"
        case .good: return "good"
        case .failed(let failure, at: _): return failure.rawValue
        }
    }
}

/// How a sample came out, in one word.
struct ReadingKind: CustomStringConvertible {
    let description: String

    init(_ measured: Measured<PointValue>?) {
        switch measured {
        case nil, .missing: description = "missing"
        case .good: description = "good"
        case .failed(let failure, at: _): description = failure.rawValue
        }
    }
}
