import ArgumentParser
import Hardware

struct BusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bus",
        abstract: "Look at a Modbus bus without the daemon: for whoever wires and commissions it.",
        discussion: """
            The bus is one of a configuration (--config FILE --bus ID), a serial port (--rtu PATH --baud …) or a TCP \
            endpoint (--tcp HOST:PORT). A serial port that the daemon holds is left to it: stop the daemon first. \
            Addresses count from 0: what a manual calls 40007 is holding register 6.
            """,
        subcommands: [BusScanCommand.self, BusReadCommand.self, BusWatchCommand.self, BusWriteCommand.self])
}

/// What the commands that ask one unit for registers take.
struct RegisterArguments: ParsableArguments {
    @Argument(help: "Unit id, 1 to 247, or with --config the name of a device.")
    var unit: String

    @Argument(help: "coils, discrete-inputs, holding or input.")
    var table: TableName

    @Argument(help: "The first address, counted from 0.")
    var address: Int

    @Argument(help: "How many values; without --type, and for ascii, how many registers or bits.")
    var count = 1

    @Option(help: "How registers are decoded: \(ValueType.allCases.map(\.rawValue).joined(separator: ", ")).")
    var type: ValueType?

    @Option(help: "Order of a value's bytes: ABCD, CDAB, BADC, DCBA, or all to compare them.")
    var order = OrderChoice.standard

    func validate() throws {
        _ = try query()
    }

    func query() throws -> RegisterQuery {
        try RegisterQuery(table, address: address, count: count, type: type, order: order)
    }
}

/// - Throws: the exit code for a failed exchange, after the reason has been written.
func giveUp(_ failure: ExchangeFailure, _ unit: UInt8, _ target: BusTarget, asked query: RegisterQuery?) -> ExitCode {
    writeComplaint(failureSentence(failure, target.label(unit), on: target.settings, asked: query))
    switch failure {
    case .disconnected: return Ending.unreachable
    case .exception, .timeout, .badFrame: return Ending.problemFound
    }
}
