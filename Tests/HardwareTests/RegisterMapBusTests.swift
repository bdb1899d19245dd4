import StationConfig
import Testing
import Vocabulary

@testable import Hardware

/// Devices that maps describe, on the scheduler that serves all others.
struct RegisterMapBusTests {
    private let map = """
        device: d
        role: {scale: mass}
        points:
          - {name: mass, table: input, address: 0, type: uint16, unit: g}
          - {name: state, table: input, address: 1, type: uint16}
        """

    private func scheduler(_ text: String) throws -> BusScheduler {
        let bus = BusSettings(
            id: "bus", transport: .tcp(host: "-", port: 1), responseTimeout: .milliseconds(100), gap: .zero)
        let driver = DeviceSettings.Driver.registerMap(try RegisterMapReader.read(text: text, file: "m.yaml"))
        let settings = DeviceSettings(id: "d", bus: "bus", unit: 1, driver: driver, period: .seconds(1))
        let device = ScheduledDevice(
            settings, driver: makeDriver(settings, conveyorSpeedCentihertz: 2500), bins: [], at: .zero)
        var scheduler = BusScheduler(BusTiming(bus), devices: [device], at: .zero)
        scheduler.connected(at: .at(1))
        _ = scheduler.takeEvents()
        return scheduler
    }

    @Test func `a map's scale answers for the item, and its points are shown`() throws {
        var scheduler = try scheduler(map)
        let passage = PassageID(rawValue: 7)
        scheduler.measure(passage, "d", at: .at(100))
        _ = scheduler.next(at: .at(100))
        scheduler.exchanged(.success(.registers([35, 9])), at: .at(110))
        let mass = EvidenceReading.mass(.good(Mass(milligrams: 35_000), at: .at(110)))
        #expect(scheduler.takeEvents() == [.deviceFound("d"), .evidenceArrived(passage, mass)])
        let readings = try #require(scheduler.takeReadings().first?.readings)
        #expect(readings.map(\.point) == ["mass", "state"])
        #expect(readings.map(\.unit) == ["g", ""])
        #expect(readings[1].current == .good(.number(9), at: .at(110)))
    }

    @Test func `a map's scale that does not answer has failed as any other scale`() throws {
        var scheduler = try scheduler(map)
        let passage = PassageID(rawValue: 7)
        scheduler.measure(passage, "d", at: .at(100))
        _ = scheduler.next(at: .at(100))
        scheduler.exchanged(.failure(.exception(2)), at: .at(110))
        let mass = EvidenceReading.mass(.failed(.refused, at: .at(110)))
        #expect(scheduler.takeEvents().contains(.evidenceArrived(passage, mass)))
    }

    @Test func `a watched device answers for no item`() throws {
        var scheduler = try scheduler(map.replacing("role: {scale: mass}\n", with: ""))
        scheduler.measure(PassageID(rawValue: 7), "d", at: .at(100))
        _ = scheduler.next(at: .at(100))
        scheduler.exchanged(.failure(.exception(2)), at: .at(110))
        let isAnswered = scheduler.takeEvents().contains {
            if case .evidenceArrived = $0 { true } else { false }
        }
        #expect(!isAnswered)
    }
}
