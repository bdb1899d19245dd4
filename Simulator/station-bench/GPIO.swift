import ArgumentParser
import CBench
import Glibc
import Synchronization
import Threads

/// From a kernel edge to the effect on an output line: our control loop against a loop in plain C, in turns.
///
/// Both are measured alike: from the time that the kernel gave the edge to CLOCK_MONOTONIC right after the call that
/// set the output. Our loop's edge opens the emergency stop's circuit. Its first effect cuts all motion, before
/// anything is decided; its last, the red lamp, shows what the whole way through the station's machine takes.
struct GPIO: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gpio",
        abstract: "Kernel edge to output, the control loop against plain C, on a chip of gpio-sim.",
        discussion: "The chip needs 20 lines that nobody uses.")

    @Option(help: "The chip.")
    var chip = "/dev/gpiochip0"

    @Option(help: "gpio-sim's file that pulls the input: …/sim_gpioN/pull.")
    var pullFile: String

    @Option(help: "Offset of the input.")
    var input: UInt32

    @Option(help: "Offset of the output.")
    var output: UInt32

    @Option(help: "Edges of each kind that are measured.")
    var edges = 2000

    @Option(help: "Edges of one kind before it is the other's turn.")
    var turn = 100

    @Option(help: "From a reaction to the next edge at least, in microseconds; at most twice that.")
    var pause: Int64 = 2000

    func validate() throws {
        guard (1...1_000_000).contains(edges), (1...edges).contains(turn), (100...1_000_000).contains(pause) else {
            throw ValidationError(
                "edges must be 1 to 1000000, turn 1 to the number of edges, pause 100 to 1000000 microseconds.")
        }
        guard input != output else { throw ValidationError("input and output must be two lines.") }
    }

    func run() throws {
        let stimulus = try Stimulus(path: pullFile, pauseMicroseconds: pause)
        let plain = PlainLoop(chip: chip, input: input, output: output)
        let station = StationLoop(chip: chip, input: input, output: output)
        var plainLatencies: [Int64] = []
        var measured = StationLoop.Measured()
        while measured.toStop.count < edges {
            let count = min(turn, edges - measured.toStop.count)
            plainLatencies += try plain.measure(count, stimulus)
            measured += try station.measure(count, stimulus)
        }
        let inC = Latencies(plainLatencies)
        let toStop = Latencies(measured.toStop)
        let toLamp = Latencies(measured.toLamp)
        print("edge to output, libgpiod \(cbench_generation).x, \(turn) edges in turn, microseconds")
        print("plain C, to its line:          \(inC)")
        print("control loop, to all motion:   \(toStop)")
        print("control loop, to the red lamp: \(toLamp)")
        print("ratio, to all motion:          \(toStop.ratio(to: inC))")
        print("ratio, to the red lamp:        \(toLamp.ratio(to: inC))")
    }
}

/// Edges that are not measured when a loop has just begun.
let warmUpEdges = 5

/// What came back too late, or not at all.
struct BenchFailure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// Moves the input by gpio-sim's pull.
final class Stimulus: Sendable {
    private let file: Int32
    private let pauseNanoseconds: Int64
    private let path: String
    private let pauses = Atomic<Int64>(0)
    /// A prime number, so that the pauses spread evenly.
    private static let stepNanoseconds: Int64 = 618_041

    init(path: String, pauseMicroseconds: Int64) throws {
        file = open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { throw BenchFailure("Opening \(path) failed: \(String(cString: strerror(errno))).") }
        self.path = path
        pauseNanoseconds = pauseMicroseconds * 1000
    }

    deinit { close(file) }

    func pull(up isHigh: Bool) throws {
        let word = isHigh ? "pull-up" : "pull-down"
        guard pwrite(file, word, word.utf8.count, 0) == word.utf8.count else {
            throw BenchFailure("Writing \(word) to \(path) failed: \(String(cString: strerror(errno))).")
        }
    }

    /// Lets the loop come to rest before the next edge. Never for the same time twice in a row: else the kernel's own
    /// ticks would meet each edge of one loop and none of the other's.
    func pause(_ bell: Doorbell) {
        let count = pauses.add(1, ordering: .relaxed).newValue
        bell.wait(atMost: pauseNanoseconds + count * Self.stepNanoseconds % pauseNanoseconds)
    }
}
