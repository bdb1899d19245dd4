import ArgumentParser
import Hardware
import OperatorAPI

struct BusWriteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write",
        abstract: "Write registers or coils of one unit; shows them before and after.",
        discussion: """
            Nothing is written without --write. At a terminal the value as it is and as it will be are shown, and a \
            person has to say yes; elsewhere --yes says so. A value below 0 goes behind a --, such as -- -5.
            """)

    @OptionGroup var bus: BusOptions

    @Argument(help: "Unit id, 1 to 247, or with --config the name of a device.")
    var unit: String

    @Argument(help: "coils or holding.")
    var table: TableName

    @Argument(help: "The first address, counted from 0.")
    var address: Int

    @Argument(help: "What is written: numbers, on or off.")
    var values: [String]

    @Option(help: "How values are encoded: \(ValueType.allCases.map(\.rawValue).joined(separator: ", ")).")
    var type: ValueType?

    @Option(help: "Order of a value's bytes: ABCD, CDAB, BADC or DCBA.")
    var order = OrderChoice.standard

    @Flag(help: "Use the function for many values (15, 16) also for one.")
    var many = false

    @Flag(help: "Really write.")
    var write = false

    @Flag(help: "Do not ask before writing.")
    var yes = false

    func validate() throws {
        _ = try planned()
        guard write else {
            throw ValidationError("Nothing is written without --write: a wrong register can move a machine.")
        }
    }

    private func planned() throws -> RegisterWrite {
        guard !values.isEmpty else { throw ValidationError("Say what is to be written.") }
        return try RegisterWrite(table, address: address, values, type: type, order: order, asMany: many)
    }

    func run() async throws {
        let target = try bus.target(for: unit)
        let unit = try target.unit(unit)
        let plan = try planned()
        if await target.isDaemonAlive() {
            writeComplaint(
                "The daemon runs and uses this bus: what is written would be mixed with what it writes. Stop it first "
                    + "with `systemctl stop return-station`.")
            throw Ending.problemFound
        }
        let console = try target.open()
        defer { console.close() }
        let before = try lookBefore(plan, unit, target, console)
        try await confirm(plan, before, unit, target)
        do {
            // Not repeated after silence: the unit may have done what it was told.
            _ = try console.ask(plan.request, unit: unit, patience: .none)
        } catch {
            throw giveUp(error, unit, target, asked: plan.query)
        }
        let after = try? rawValues(console.ask(plan.query.request, unit: unit))
        try tell(plan, before, after, unit, target)
    }

    /// Nil for what can be written and not read, such as a command.
    private func lookBefore(
        _ plan: RegisterWrite, _ unit: UInt8, _ target: BusTarget, _ console: BusConsole
    ) throws -> [UInt16]? {
        do {
            return rawValues(try console.ask(plan.query.request, unit: unit))
        } catch {
            guard case .exception = error else { throw giveUp(error, unit, target, asked: plan.query) }
            return nil
        }
    }

    private func confirm(
        _ plan: RegisterWrite, _ before: [UInt16]?, _ unit: UInt8, _ target: BusTarget
    ) async throws {
        guard !yes else { return }
        writeComplaint("\(target.label(unit)), \(plan.query.words), as they are and as they would be:")
        writeComplaint(plan.text(before: before, after: plan.raw))
        switch confirmed("Write?") {
        case true?: return
        case false?: writeComplaint("Nothing was written.")
        case nil: writeComplaint("Nothing was written: there is no terminal to ask at; say --yes.")
        }
        throw Ending.problemFound
    }

    private func tell(
        _ plan: RegisterWrite, _ before: [UInt16]?, _ after: [UInt16]?, _ unit: UInt8, _ target: BusTarget
    ) throws {
        if bus.json {
            let report = WriteReport(
                unit: unit, table: table.rawValue, address: address, before: before, written: plan.raw, after: after)
            writeResult(String(decoding: try OperatorJSON.encode(report), as: UTF8.self))
        } else if let after {
            writeResult(
                "\(target.label(unit)), \(plan.query.words), written:\n\(plan.text(before: before, after: after))")
        } else {
            writeResult("\(target.label(unit)), \(plan.query.words), written; they cannot be read back.")
        }
        guard after == nil || after == plan.raw else {
            writeComplaint("The unit took the write and says something else now: it limits the value, or acts on it.")
            throw Ending.problemFound
        }
    }
}
