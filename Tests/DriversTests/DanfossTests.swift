import Modbus
import Testing
import Vocabulary

@testable import Drivers

struct DanfossTests {
    /// Registers 50010, 50200 and 50210, as frames carry them.
    static let readReference = ModbusRequest.readHolding(RegisterRange(50_009, count: 1))
    static let readStatus = ModbusRequest.readHolding(RegisterRange(50_199, count: 1))
    static let readActualValue = ModbusRequest.readHolding(RegisterRange(50_209, count: 1))

    @Test func `a drive that forgot its reference gets it again, verified`() {
        // 40 of 50 Hz are 80 % of 0x4000.
        var drive = DanfossFC202(speedCentihertz: 4000, maximumCentihertz: 5000)
        #expect(drive.begin(.poll, at: .at(0)) == .send(Self.readReference))
        #expect(drive.next(.registers([0]), at: .at(0)) == .send(.writeHolding(address: 50_009, value: 0x3333)))
        #expect(drive.next(.written, at: .at(0)) == .send(Self.readReference))
        #expect(drive.next(.registers([0x3333]), at: .at(0)) == .send(Self.readStatus))
        // Ready, enabled, at reference, bus control, in range, running; backwards at 25 Hz.
        #expect(drive.next(.registers([0x0F07]), at: .at(0)) == .send(Self.readActualValue))
        guard case .done(.driveFault(0), let samples) = drive.next(.registers([0xE000]), at: .at(3)) else {
            Issue.record("a healthy drive has no fault")
            return
        }
        #expect(
            samples.map(\.point) == [
                "reference", "actual", "fault", "ready", "warning", "error", "busControl", "running",
            ])
        #expect(samples[1] == PointSample("actual", unit: "Hz", .good(.number(-25), at: .at(3))))
        #expect(samples[3].value == .good(.flag(true), at: .at(3)))
        #expect(samples[4].value == .good(.flag(false), at: .at(3)))
        #expect(samples[7].value == .good(.flag(true), at: .at(3)))
    }

    @Test func `a drive that keeps its reference is written nothing`() {
        var drive = DanfossFC202(speedCentihertz: 5000, maximumCentihertz: 5000)
        _ = drive.begin(.poll, at: .at(0))
        #expect(drive.next(.registers([0x4000]), at: .at(0)) == .send(Self.readStatus))
    }

    @Test func `a drive that does not take its reference has failed`() {
        var drive = DanfossFC202(speedCentihertz: 4000, maximumCentihertz: 5000)
        _ = drive.begin(.poll, at: .at(0))
        _ = drive.next(.registers([0]), at: .at(0))
        _ = drive.next(.written, at: .at(0))
        #expect(drive.next(.registers([0x3332]), at: .at(0)) == .failed(.implausible))
    }

    struct StatusRow {
        var name: String
        var status: UInt16
        var fault: UInt16
    }

    @Test(arguments: [
        StatusRow(name: "running", status: 0x0F07, fault: 0),
        StatusRow(name: "a warning", status: 0x0F87, fault: 0),
        StatusRow(name: "an error that stops nothing", status: 0x0F17, fault: 0),
        StatusRow(name: "tripped", status: 0x020E, fault: 8),
        StatusRow(name: "locked by a trip", status: 0x024A, fault: 72),
    ])
    func `only a trip is a fault of the drive`(_ row: StatusRow) {
        #expect(DanfossFC202.fault(row.status) == row.fault, "\(row.name)")
    }
}
