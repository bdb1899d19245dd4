import ArgumentParser
import Glibc
import Hardware
import OperatorAPI
import Vocabulary

struct BusWatchCommand: AsyncParsableCommand {
    static let periodMilliseconds = 20...3_600_000

    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Read again and again, and print what changes, until Ctrl-C.")

    @OptionGroup var bus: BusOptions
    @OptionGroup var registers: RegisterArguments

    @Option(help: ArgumentHelp("How often it is read, in milliseconds.", valueName: "milliseconds"))
    var period = 1000

    @Option(help: ArgumentHelp("End after so many reads.", valueName: "reads"))
    var times: Int?

    func validate() throws {
        guard Self.periodMilliseconds.contains(period) else {
            throw ValidationError("--period \(period) is not between 20 and 3600000 milliseconds.")
        }
        if let times, times < 1 { throw ValidationError("--times \(times) is not at least 1.") }
    }

    func run() async throws {
        let target = try bus.target(for: registers.unit)
        let unit = try target.unit(registers.unit)
        let query = try registers.query()
        let console = try target.open()
        defer { console.close() }
        // Every line is written out at once, so that nothing is lost by leaving here.
        signal(SIGINT) { _ in _exit(0) }
        if !bus.json {
            writeComplaint("\(target.label(unit)), \(query.words), every \(period) ms; Ctrl-C ends it.")
        }
        var watch = BusWatch(query)
        var next = console.now
        var left = times
        while left.map({ $0 > 0 }) ?? true {
            let outcome = look(console, query, unit)
            if let (change, text) = watch.take(outcome, unixMilliseconds: wallTime()) {
                writeResult(
                    bus.json
                        ? String(decoding: try OperatorJSON.encode(change), as: UTF8.self)
                        : "\(clockText(unixMilliseconds: change.unixMilliseconds))  \(text)")
                fflush(nil)
            }
            left = left.map { $0 - 1 }
            next = max(console.now, next + .milliseconds(period))
            if left != 0 { console.wait(until: next) }
        }
    }

    private func look(_ console: BusConsole, _ query: RegisterQuery, _ unit: UInt8) -> BusWatch.Outcome {
        do {
            return .read(rawValues(try console.ask(query.request, unit: unit, patience: .none)))
        } catch {
            return .failed(error)
        }
    }
}
