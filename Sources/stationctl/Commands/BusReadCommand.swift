import ArgumentParser
import Hardware
import OperatorAPI

struct BusReadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read", abstract: "Read registers or bits of one unit and decode them.")

    @OptionGroup var bus: BusOptions
    @OptionGroup var registers: RegisterArguments

    func run() async throws {
        let target = try bus.target(for: registers.unit)
        let unit = try target.unit(registers.unit)
        let query = try registers.query()
        let console = try target.open()
        defer { console.close() }
        let raw: [UInt16]
        do {
            raw = rawValues(try console.ask(query.request, unit: unit))
        } catch {
            throw giveUp(error, unit, target, asked: query)
        }
        if bus.json {
            let report = ReadReport(
                unit: unit, device: target.devices.first { $0.unit == unit }?.id.rawValue,
                table: query.table.rawValue, address: query.address, registers: raw, values: query.values(raw))
            writeResult(String(decoding: try OperatorJSON.encode(report), as: UTF8.self))
        } else {
            writeResult("\(target.label(unit)), \(query.words):\n\(query.text(raw))")
        }
    }
}
