import Station
import StationPorts
import Testing
import Vocabulary

@testable import SimulatedStation

/// Runs in virtual time with the simplest hand at the outputs: whatever is weighed is carried inwards.
@Suite struct RunTests {
    private static func run(
        seed: UInt64, count: Int, faults: [TimedFault] = []
    ) throws -> (events: [WorldEvent], delivered: [StationEvent], world: StationWorld, end: SimulatedRun.End) {
        let items = [SimulatedItem](repeating: .cup(tag: 77), count: count)
        var settings = WorldSettings(seed: seed, bins: ReferenceStation.bins, items: items)
        settings.faults = faults
        settings.driveFrequencyCentihertz = 5000
        let run = SimulatedRun(settings: settings, devices: ReferenceStation.devices)
        var events: [WorldEvent] = []
        var delivered: [StationEvent] = []
        var answers = 0
        var isLoaded = false
        run.observe = { events.append($0) }
        func set(_ line: OutputLine, _ isOn: Bool) {
            do { try run.lines.set(line, isOn: isOn) } catch { Issue.record("\(error)") }
        }
        set(.lampGreen, true)
        set(.gate, true)
        let end = run.run(
            until: Instant(nanoseconds: 3_600_000_000_000),
            driving: .init { event, _ in
                delivered.append(event)
                switch event {
                case .lineChanged(.presence, isActive: true):
                    set(.conveyorForward, false)
                    isLoaded = true
                case .lineChanged(.entryBeam, isActive: false) where isLoaded:
                    isLoaded = false
                    run.measuring.measure(PassageID(rawValue: 1), Set(EvidenceSource.allCases))
                case .evidenceArrived:
                    answers += 1
                    if answers % 3 == 0 { set(.conveyorForward, true) }
                default: break
                }
            })
        return (events, delivered, run.world.snapshot, end)
    }

    @Test func `The same seed gives the same events, another seed others`() throws {
        let first = try Self.run(seed: 11, count: 5)
        #expect(first.end == .over)
        #expect(try Self.run(seed: 11, count: 5).events == first.events)
        #expect(try Self.run(seed: 12, count: 5).events != first.events)
    }

    @Test func `The event log of a seed is frozen`() throws {
        // FNV-1a over the lines of the event log: whoever changes physics or chance changes this number knowingly.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for event in try Self.run(seed: 11, count: 20).events {
            for byte in event.jsonLine.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        #expect(hash == 806_306_277_645_908_402)
    }

    @Test func `The devices answer with what lies in the chamber, each in its time`() throws {
        let result = try Self.run(seed: 3, count: 1)
        var masses: [Int64] = []
        var tags: [UInt32] = []
        var bands: [Int] = []
        for case .evidenceArrived(_, let reading) in result.delivered {
            switch reading {
            case .mass(let mass): masses.append(mass.value?.milligrams ?? 0)
            case .tag(.good(.tag(let tag), at: _)): tags.append(tag.number)
            case .tag: break
            case .spectrum(let spectrum): bands.append(spectrum.value?.raw.count ?? 0)
            }
        }
        #expect(masses.count == 1 && abs((masses.first ?? 0) - 35_000) <= 200)
        #expect(tags == [77])
        #expect(bands == [128])
        #expect(result.world.items(ended: .bin("reuse")) == [0])
        #expect(result.world.massMilligrams(in: "reuse") == 35_000)
    }

    @Test func `A dead device answers with a failure and is reported lost, the others work on`() throws {
        let result = try Self.run(
            seed: 3, count: 1, faults: [TimedFault(.time(.zero), .device(.scale, .silent))])
        #expect(result.delivered.contains(.deviceLost("scale", .timeout)))
        #expect(result.delivered.contains(.deviceFound("nir-head")))
        let failures = result.delivered.count { event in
            if case .evidenceArrived(_, .mass(.failed(.timeout, at: _))) = event { true } else { false }
        }
        #expect(failures == 1)
    }

    @Test func `Levels are told once they have stopped bouncing`() throws {
        let result = try Self.run(seed: 5, count: 20)
        let edges = result.events.count { if case .inputChanged(.entryBeam, _) = $0.kind { true } else { false } }
        let told = result.delivered.count { if case .lineChanged(.entryBeam, _) = $0 { true } else { false } }
        #expect(edges > 40)
        // The first level, then one change in and one out for each item.
        #expect(told == 41)
    }

    @Test func `A passed deadline is delivered at its time and the run ends at its limit`() {
        let run = SimulatedRun(settings: WorldSettings(seed: 1, bins: ReferenceStation.bins, items: [.cup()]))
        var deadline: Instant? = .milliseconds(250)
        var deliveredAt: [Int64] = []
        let end = run.run(
            until: .milliseconds(1000),
            driving: .init(
                deliver: { event, now in
                    guard event == .deadlineReached else { return }
                    deliveredAt.append(now.roundedMilliseconds)
                    deadline =
                        now.roundedMilliseconds < 750 ? now.advanced(by: .milliseconds(250)) : .milliseconds(5000)
                }, nextDeadline: { deadline }))
        #expect(deliveredAt == [250, 500, 750])
        #expect(end == .timeLimit)
    }

    @Test func `Letters arrive in the order of their times, then of their posting`() {
        let clock = VirtualClock()
        let mailbox = VirtualMailbox(clock: clock)
        mailbox.post(.driveFaultRead(3), at: .milliseconds(3))
        mailbox.post(.driveFaultRead(1), at: .milliseconds(1))
        mailbox.post(.driveFaultRead(2), at: .milliseconds(1))
        #expect(mailbox.take(at: .zero) == nil)
        #expect(mailbox.nextArrival == .milliseconds(1))
        #expect(mailbox.take(at: .milliseconds(2)) == .driveFaultRead(1))
        #expect(mailbox.take(at: .milliseconds(2)) == .driveFaultRead(2))
        #expect(mailbox.take(at: .milliseconds(2)) == nil)
        #expect(mailbox.take(at: .milliseconds(3)) == .driveFaultRead(3))
    }

    @Test func `What the station does to the lines is written as one line each`() {
        let time = Instant.milliseconds(1500)
        #expect(
            OutputEvent.begun(monotonicNanoseconds: 81, timeScale: 4).jsonLine(at: .zero)
                == #"{"atMilliseconds":0,"event":"begun","monotonicNanoseconds":81,"timeScale":4.0}"#)
        #expect(
            OutputEvent.changed(.conveyorForward, isOn: true).jsonLine(at: time)
                == #"{"atMilliseconds":1500,"event":"outputChanged","line":"conveyorForward","level":"on"}"#)
        #expect(
            OutputEvent.changed(.gate, isOn: false).jsonLine(at: time)
                == #"{"atMilliseconds":1500,"event":"outputChanged","line":"gate","level":"off"}"#)
        #expect(OutputEvent.released.jsonLine(at: time) == #"{"atMilliseconds":1500,"event":"outputsReleased"}"#)
    }

    @Test func `When nobody brings more, what was put in is all there is to account for`() {
        let rig = Rig([.cup(), .cup(), .cup()])
        rig.putIn()
        rig.world.bringNothingMore(at: .milliseconds(6000))
        #expect(!rig.world.isOver)
        rig.set(.conveyorForward, true, atMilliseconds: 10_000)
        rig.set(.lampGreen, true, atMilliseconds: 15_000)
        rig.set(.gate, true, atMilliseconds: 15_000)
        rig.run(toMilliseconds: 60_000)
        #expect(rig.world.isOver)
        #expect(Truth(of: rig.world).items.map(\.end) == ["bin:reuse"])
    }

    @Test func `A person with the next item in the hand keeps it when nobody brings more`() {
        let rig = Rig([.cup()])
        rig.set(.lampGreen, true, atMilliseconds: 0)
        rig.set(.gate, true, atMilliseconds: 0)
        rig.run(toMilliseconds: 1100)
        rig.world.bringNothingMore(at: .milliseconds(1100))
        rig.run(toMilliseconds: 60_000)
        #expect(rig.world.isOver)
        #expect(Truth(of: rig.world).items.isEmpty)
    }
}
