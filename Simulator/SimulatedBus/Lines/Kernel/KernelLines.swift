import Glibc
import Logging
import Synchronization
import Threads

/// Lines on a chip of the kernel: its user opens `/dev/gpiochipN` as on any board. Sensors put their levels on the wire
/// through the chip's pulls; what the user drives is read from the chip's values, as gpio-sim tells nobody of it.
public final class KernelLines: LineServing {
    /// How long a change of an output may stay unseen. Ten times less than any flap or motor needs, and nine reads of a
    /// few microseconds each.
    static let outputPollMilliseconds: Int32 = 2

    /// What was put on the wire so far.
    public struct Count: Hashable, Sendable {
        public var changes = 0
        public var edges = 0
        public var bursts = 0
    }

    private struct State {
        var levels: [UInt32: Bool]
        var files: ChipFiles?
        var noise: ContactNoise
        var count = Count()
    }

    private let chip: GPIOSimChip
    private let inputs: [UInt32]
    private let outputs: [UInt32]
    private let onOutput: @Sendable (UInt32, Bool) -> Void
    private let logger: Logger
    private let thread: ServerThread
    private let state: Mutex<State>

    /// - Parameters:
    ///   - chip: must be live. It is removed with `stop` if it was made for this.
    ///   - inputs: offsets of the lines that sensors drive; all others are left alone.
    ///   - outputs: offsets of the lines that the user of the chip drives.
    ///   - onOutput: called on a thread of its own for every output that changes its level; a chip that vanishes lets
    ///     its outputs fall.
    public init(
        chip: GPIOSimChip, inputs: [UInt32], outputs: [UInt32], noise: ContactNoise,
        onOutput: @escaping @Sendable (UInt32, Bool) -> Void, logger: Logger
    ) throws {
        self.chip = chip
        self.inputs = inputs
        self.outputs = outputs
        self.onOutput = onOutput
        self.logger = logger
        thread = try ServerThread("kernel-lines")
        guard let place = chip.place(), let files = ChipFiles(place, inputs: inputs, outputs: outputs) else {
            let error = errno
            chip.remove()
            throw SimulatedBusError("Opening the lines of the simulated GPIO chip", error: error)
        }
        node = place.node
        state = Mutex(
            State(levels: Dictionary(uniqueKeysWithValues: inputs.map { ($0, false) }), files: files, noise: noise))
    }

    /// The chip's device file when it was made; a chip that vanishes and returns may get another one.
    public let node: String

    public var count: Count { state.withLock { $0.count } }

    public func start() {
        thread.start { [weak self] bell in self?.watch(until: bell) }
        logger.info("Simulated lines at \(node).")
    }

    public func stop() {
        thread.stop()
        state.withLock { $0.files = nil }
        chip.remove()
    }

    public func setInput(offset: UInt32, level: Bool) {
        state.withLock { state in
            guard let before = state.levels[offset], before != level else { return }
            state.levels[offset] = level
            state.count.changes += 1
            guard let files = state.files else { return }
            let toggles = state.noise.togglesOfNextChange()
            if toggles == ContactNoise.burstToggles { state.count.bursts += 1 }
            for toggle in 1...toggles {
                // The last toggle, like the first, leads to the new level. A chip that is gone is noticed by `watch`.
                guard files.pull(offset, up: level == !toggle.isMultiple(of: 2)) else { return }
                state.count.edges += 1
            }
        }
    }
}

extension KernelLines {
    private func watch(until bell: Int32) {
        var energised: Set<UInt32> = []
        while !waitReadable([bell], timeoutMilliseconds: Self.outputPollMilliseconds).contains(bell) {
            let now = readOutputs()
            for offset in outputs where now.contains(offset) != energised.contains(offset) {
                onOutput(offset, now.contains(offset))
            }
            energised = now
        }
        for offset in outputs where energised.contains(offset) { onOutput(offset, false) }
    }

    /// The outputs that are energised; none while the chip is gone.
    private func readOutputs() -> Set<UInt32> {
        state.withLock { state in
            if state.files == nil { reopen(&state) }
            guard let files = state.files else { return [] }
            var energised: Set<UInt32> = []
            for offset in outputs {
                guard let isOn = files.value(offset) else {
                    state.files = nil
                    logger.notice("The simulated GPIO chip at \(files.place.node) has vanished.")
                    return []
                }
                if isOn { energised.insert(offset) }
            }
            return energised
        }
    }

    /// Sensors have not changed while their chip was gone: their levels are put on the wire again.
    private func reopen(_ state: inout State) {
        guard let place = chip.place(), let files = ChipFiles(place, inputs: inputs, outputs: outputs) else { return }
        for (offset, level) in state.levels where !files.pull(offset, up: level) { return }
        state.files = files
        logger.notice("The simulated GPIO chip is there again, at \(place.node).")
    }
}
