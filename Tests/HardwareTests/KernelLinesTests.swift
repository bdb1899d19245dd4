import Glibc
import TestSupport
import Testing

@testable import SimulatedBus

@Suite(.timeLimit(.minutes(hangLimitMinutes)))
struct KernelLinesTests {
    let kernel: FolderKernel
    let outputs = OutputLog()

    init() throws { kernel = try FolderKernel(lineCount: 4) }

    func makeChip() throws -> GPIOSimChip {
        try GPIOSimChip(name: "chip", lines: ["beam", "door", "gate", "heartbeat"], kernel: kernel.kernel)
    }

    func makeLines(_ noise: ContactNoise = quiet) throws -> KernelLines {
        let outputs = outputs
        return try KernelLines(
            chip: makeChip(), inputs: [0, 1], outputs: [2, 3], noise: noise,
            onOutput: { outputs.add(.output($0, $1)) }, logger: silentLogger)
    }

    static let quiet = ContactNoise(bounces: 0, overflowEvery: nil, random: SplitMix(seed: 1))

    @Test func `a chip is made with named lines, and taken away`() throws {
        let lines = try makeLines()
        let config = kernel.kernel.configuration
        #expect(lines.node == "/dev/gpiochip3")
        #expect(kernel.read("\(config)/chip/bank0/num_lines") == ["4"])
        #expect(kernel.read("\(config)/chip/bank0/line2/name") == ["gate"])
        #expect(kernel.read("\(config)/chip/live").first == "1")
        lines.start()
        lines.stop()
        #expect(access("\(config)/chip", F_OK) != 0)
        #expect(kernel.log.withLock { $0.last } == "remove chip")
    }

    @Test func `a chip that is live already is used and left there`() throws {
        _ = try makeChip()
        let made = kernel.log.withLock { $0 }
        let lines = try makeLines()
        lines.start()
        lines.stop()
        #expect(kernel.log.withLock { $0 } == made)
    }

    @Test func `without gpio-sim the sentence says what to do`() throws {
        var kernel = kernel.kernel
        kernel.configuration += "/nothing"
        let error = #expect(throws: SimulatedBusError.self) {
            try GPIOSimChip(name: "chip", lines: ["beam"], kernel: kernel)
        }
        #expect(error?.description.contains("modprobe gpio-sim") == true)
    }

    @Test func `only root makes chips, and is asked for`() throws {
        var kernel = kernel.kernel
        kernel.makeFolder = { _ in
            errno = EACCES
            return -1
        }
        let error = #expect(throws: SimulatedBusError.self) {
            try GPIOSimChip(name: "chip", lines: ["beam"], kernel: kernel)
        }
        #expect(error?.description.contains("Run this as root") == true)
    }

    @Test func `a change of an input is one pull, and a level that stays is none`() throws {
        let lines = try makeLines()
        lines.setInput(offset: 0, level: true)
        lines.setInput(offset: 0, level: true)
        lines.setInput(offset: 0, level: false)
        // An output is not ours to pull.
        lines.setInput(offset: 2, level: true)
        #expect(kernel.pulls(0) == ["pull-up", "pull-down"])
        #expect(kernel.pulls(2) == [])
        #expect(lines.count == KernelLines.Count(changes: 2, edges: 2, bursts: 0))
    }

    @Test func `bounces and bursts end at the new level`() throws {
        let lines = try makeLines(ContactNoise(bounces: 3, overflowEvery: 4, random: SplitMix(seed: 7)))
        var seen = 0
        for change in 1...8 {
            let level = !change.isMultiple(of: 2)
            lines.setInput(offset: 1, level: level)
            let pulls = kernel.pulls(1)
            #expect(pulls.last == (level ? "pull-up" : "pull-down"))
            #expect(zip(pulls, pulls.dropFirst()).allSatisfy { $0 != $1 })
            #expect((pulls.count - seen == ContactNoise.burstToggles) == change.isMultiple(of: 4))
            seen = pulls.count
        }
        #expect(lines.count == KernelLines.Count(changes: 8, edges: seen, bursts: 2))
    }

    @Test func `outputs are seen, and fall with the chip; it comes back with the levels of its inputs`() async throws {
        let lines = try makeLines()
        lines.start()
        lines.setInput(offset: 0, level: true)
        kernel.drive(2, true)
        #expect(await outputs.next(1) == [.output(2, true)])
        kernel.vanish()
        #expect(await outputs.next(1) == [.output(2, false)])
        lines.setInput(offset: 1, level: true)
        kernel.appear()
        kernel.drive(3, true)
        #expect(await outputs.next(1) == [.output(3, true)])
        #expect(kernel.pulls(0) == ["pull-up"] && kernel.pulls(1) == ["pull-up"])
        lines.stop()
        #expect(await outputs.next(1) == [.output(3, false)])
    }
}

struct ContactNoiseTests {
    @Test func `one seed gives one sequence`() {
        var noise = ContactNoise(bounces: 4, overflowEvery: 5, random: SplitMix(seed: 7))
        #expect((0..<10).map { _ in noise.togglesOfNextChange() } == [3, 1, 9, 5, 65, 5, 3, 5, 3, 65])
    }

    @Test func `a contact without noise toggles once`() {
        var noise = ContactNoise(bounces: 0, overflowEvery: nil, random: SplitMix(seed: 7))
        #expect((0..<10).map { _ in noise.togglesOfNextChange() } == Array(repeating: 1, count: 10))
    }

    /// The first generation of the kernel's interface keeps 16 edges of a line and drops the newest: what is kept of a
    /// burst must end at the old level, or nothing was lost that matters.
    @Test func `a burst is odd, and far more than the kernel keeps`() {
        #expect(!ContactNoise.burstToggles.isMultiple(of: 2))
        #expect(ContactNoise.burstToggles > 3 * 16)
    }
}
