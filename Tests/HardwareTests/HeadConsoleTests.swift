import Modbus
import StationConfig
import StationPorts
import Testing
import Vocabulary

@testable import Hardware

/// A technician's measurements, by the daemon's own driver on a bus of its own.
struct HeadConsoleTests {
    let bus = ConsoleBus()
    let device = DeviceSettings(id: "head", bus: "b", unit: 4, driver: .nirHeadLED8, period: .seconds(1))

    /// An 8-LED head that is ready at once.
    final class Registers {
        var sequence: UInt16 = 7
        var references: UInt16 = 3
        var status: UInt16 = 0

        func answer(_ request: ModbusRequest) -> ConsoleLink.Outcome {
            switch request {
            case .writeHolding(_, let command):
                if command == 1 { sequence += 1 } else { references += 1 }
                return .success(.written)
            case .readInput(let range):
                return .success(.registers((0..<range.count).map { register(range.address + $0) }))
            case .readHolding, .readCoils, .readDiscreteInputs, .writeCoil, .writeCoils, .writeHoldings:
                return .failure(.exception(ModbusException.illegalFunction))
            }
        }

        private func register(_ address: UInt16) -> UInt16 {
            switch address {
            case 0: sequence
            case 1: status
            case 2: 0
            case 3: 2000
            case 4: 8
            case 5: 2
            case 6: references
            case 10..<18: NIRHeadKind.led8.wavelengthsDecinanometres[Int(address) - 10]
            case 256..<264: 3000 + address
            case 512..<520: 20_000
            case 768..<776: 600
            default: 0
            }
        }
    }

    private func head(_ link: ConsoleLink) -> HeadConsole { HeadConsole(device, on: bus.console(link)) }

    @Test func `references are taken and an item is measured, each by one command`() throws {
        let registers = Registers()
        let link = bus.link { _, unit, request, _ in unit == 4 ? registers.answer(request) : .failure(.timeout) }
        let head = head(link)
        let references = try head.takeReferences()
        #expect(references.white == [UInt16](repeating: 20_000, count: 8))
        let spectrum = try head.measure()
        #expect(spectrum.raw == (256..<264).map { 3000 + $0 } && spectrum.dark == [UInt16](repeating: 600, count: 8))
        #expect(link.asked.map(\.request).filter(\.isWrite).count == 2)
    }

    @Test func `a command that is not answered is not repeated, and the failure is the bus's`() {
        let registers = Registers()
        let link = bus.link { _, _, request, _ in request.isWrite ? .failure(.timeout) : registers.answer(request) }
        let failure = #expect(throws: HeadConsole.Failure.self) { _ = try head(link).measure() }
        #expect(failure == .exchange(.timeout))
        #expect(link.asked.count(where: { $0.request.isWrite }) == 1)
    }

    @Test func `a head whose lamp has failed refuses`() {
        let registers = Registers()
        registers.status = 2
        let link = bus.link { _, _, request, _ in registers.answer(request) }
        let failure = #expect(throws: HeadConsole.Failure.self) { _ = try head(link).measure() }
        #expect(failure == .reading(.refused))
    }
}
