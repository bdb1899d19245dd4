import ArgumentParser
import Glibc
import Logging
import SimulatedBus
import SimulatedStation
import Synchronization
import Threads

/// Passes the lines of a simulator elsewhere on to a chip of this machine's kernel.
struct LinesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lines",
        abstract: "Puts the digital lines of a simulator that runs elsewhere on a GPIO chip of this kernel.",
        discussion: """
            The simulator's line socket must be at the other end of what --connect names: the socket itself, or a
            character device such as a serial port or a virtio port of a virtual machine. Bounces and bursts are made
            here, as only this side is near enough to make them fast.
            """)

    @Option(help: "The socket, or the device that leads to it.")
    var connect: String

    @Option(help: "Where the lines are put: `kernel`, a chip of gpio-sim, which needs root.")
    var gpio: GPIOKind

    @OptionGroup var noise: NoiseOptions

    @Option(help: "Seed of everything that is drawn by chance.")
    var seed: UInt64 = 1

    func validate() throws {
        guard gpio == .kernel else { throw ValidationError("lines are passed on to --gpio kernel only") }
    }

    func run() throws {
        let logger = Logger(label: "station-sim", factory: { StreamLogHandler.standardError(label: $0) })
        let wake = WakeSignal()
        let client = try LineClient(path: connect)
        let lines = try KernelLines(
            noise: noise.contactNoise(seed: seed), onOutput: client.setOutput, logger: logger)
        let report = LineFile(descriptor: STDOUT_FILENO)
        report.write("gpio \(lines.node)")
        lines.start()
        let end = Mutex<LineClient.End?>(nil)
        let reader = try NamedThread("line-client") {
            let reached = client.run(onInput: lines.setInput)
            end.withLock { $0 = reached }
            WakeSignal.ring()
        }
        // It ends with the process: its read cannot be interrupted.
        reader.detach()
        var isStopped = false
        while !isStopped, end.withLock({ $0 == nil }) {
            if case .stop = wake.wait(atMost: .seconds(3600)) { isStopped = true }
        }
        lines.stop()
        let count = lines.count
        report.write("changes \(count.changes) edges \(count.edges) bursts \(count.bursts)")
        switch end.withLock({ $0 }) {
        case nil, .gone?: return
        case .busy?: throw SimulatorError("\(connect): another client has the lines; stop it")
        case .garbled(let line)?:
            throw SimulatorError(
                "\(connect): not the line protocol, but \"\(line)\"; use the same release on both sides")
        }
    }
}
