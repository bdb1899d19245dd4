import CBench
import Glibc
import Synchronization
import Threads

/// The loop in plain C.
struct PlainLoop {
    var chip: String
    var input: UInt32
    var output: UInt32

    /// - Returns: the latencies of `count` falling edges, in nanoseconds.
    func measure(_ count: Int, _ stimulus: Stimulus) throws -> [Int64] {
        try stimulus.pull(up: true)
        guard let loop = cbench_open(chip, input, output) else {
            throw BenchFailure("Requesting lines \(input) and \(output) of \(chip) failed: \(reason).")
        }
        defer { cbench_close(loop) }
        // Each falling edge is followed by a rising one.
        let edges = 2 * (count + warmUpEdges)
        let told = try Doorbell()
        let result = Mutex<[Int64]?>(nil)
        // The pointer is used by one thread at a time: by the new one until it has been joined.
        nonisolated(unsafe) let owned = loop
        let thread = try NamedThread("plain") {
            var latencies = [Int64](repeating: 0, count: edges)
            let isDone = cbench_run(owned, &latencies, Int32(edges), told.descriptor) == 0
            result.withLock { $0 = isDone ? latencies : nil }
            told.ring()
        }
        for edge in 0..<edges {
            stimulus.pause(Doorbell.neverRung)
            try stimulus.pull(up: edge % 2 == 1)
            told.wait(atMost: 1_000_000_000)
        }
        thread.join()
        guard let latencies = result.withLock({ $0 }) else {
            throw BenchFailure("The loop in C missed an edge: \(reason).")
        }
        return Array(latencies.filter { $0 < 0 }.map { -$0 }.suffix(count))
    }

    private var reason: String { String(cString: strerror(errno)) }
}

extension Doorbell {
    /// For waits that only time ends.
    static let neverRung = essential { try Doorbell() }
}
