import ArgumentParser
import Logging
import SimulatedBus
import SimulatedStation
import Vocabulary

/// What carries the digital lines.
enum GPIOKind: String, ExpressibleByArgument, CaseIterable {
    case socket, kernel
}

/// What contacts on a chip of the kernel do besides changing.
struct NoiseOptions: ParsableArguments {
    @Option(help: "With `--gpio kernel`: each contact bounces up to so many times, 0 to 100.")
    var bounces = 0

    @Option(
        help: "With `--gpio kernel`: every so many changes come as a burst that overflows the kernel's edge buffer.")
    var overflowEvery: Int?

    var isQuiet: Bool { bounces == 0 && overflowEvery == nil }

    func validate() throws {
        guard (0...ContactNoise.bouncesLimit).contains(bounces) else {
            throw ValidationError("--bounces \(bounces) is not within 0 to \(ContactNoise.bouncesLimit)")
        }
        if let overflowEvery, overflowEvery < 1 {
            throw ValidationError("--overflow-every \(overflowEvery) is not 1 or more")
        }
    }

    func contactNoise(seed: UInt64) -> ContactNoise {
        ContactNoise(bounces: bounces, overflowEvery: overflowEvery, random: SeededRandom(seed: seed, stream: 7))
    }
}

/// Where the station finds its lines.
enum LinePlace {
    case socket(path: String)
    case kernel(ContactNoise)

    /// - Parameters:
    ///   - onRelease: called when a socket's client is gone and its outputs have fallen back; a chip does not tell.
    ///   - say: told where a chip of the kernel is.
    func open(
        onOutput: @escaping @Sendable (UInt32, Bool) -> Void, onRelease: @escaping @Sendable () -> Void,
        say: (String) -> Void, logger: Logger
    ) throws -> any LineServing {
        switch self {
        case .socket(let path):
            return try LineSocketServer(
                path: path, lineCount: InputLine.allCases.count + OutputLine.allCases.count, onOutput: onOutput,
                onDisconnect: onRelease, logger: logger)
        case .kernel(let noise):
            let lines = try KernelLines(noise: noise, onOutput: onOutput, logger: logger)
            say("gpio \(lines.node)")
            return lines
        }
    }
}

extension KernelLines {
    /// The reference station's lines on a chip of its own.
    convenience init(
        noise: ContactNoise, onOutput: @escaping @Sendable (UInt32, Bool) -> Void, logger: Logger
    ) throws {
        try self.init(
            chip: GPIOSimChip(
                name: "return-station",
                lines: InputLine.allCases.map(\.rawValue) + OutputLine.allCases.map(\.rawValue)),
            inputs: InputLine.allCases.map(ReferenceStation.offset),
            outputs: OutputLine.allCases.map(ReferenceStation.offset),
            noise: noise, onOutput: onOutput, logger: logger)
    }
}
