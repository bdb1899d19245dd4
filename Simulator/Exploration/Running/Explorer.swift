import Synchronization
import Threads

/// Runs many seeds on some threads, each seed on one.
public struct Explorer: Sendable {
    /// Where it stops, whichever comes first.
    public struct Bounds: Sendable {
        public static let usualFailures = 5
        public var seeds: Int
        /// Items put in, over all seeds.
        public var passages: Int?
        /// After so many failing seeds there is enough to look at.
        public var failures: Int
        /// Asked after each seed.
        public var isTimeOver: @Sendable () -> Bool

        public init(
            seeds: Int, passages: Int? = nil, failures: Int = usualFailures,
            isTimeOver: @escaping @Sendable () -> Bool = { false }
        ) {
            self.seeds = seeds
            self.passages = passages
            self.failures = failures
            self.isTimeOver = isTimeOver
        }
    }

    /// What all seeds together came to.
    public struct Summary: Sendable {
        public var seeds = 0
        public var passages = 0
        public var steps = 0
        public var entries: Int64 = 0
        public var pruned: Int64 = 0
        public var deceived = 0
        public var faults: [String: Int] = [:]
        /// The first few, by seed.
        public var failures: [ExplorationResult] = []

        mutating func add(_ result: ExplorationResult) {
            seeds += 1
            passages += result.passages
            steps += result.steps
            entries += result.entries
            pruned += result.pruned
            deceived += result.deceived
            faults.merge(result.faults) { $0 + $1 }
            if result.violation != nil { failures.append(result) }
        }
    }

    private struct State {
        var next: UInt64
        var summary = Summary()
    }

    /// Each thread gets its own, so that they share nothing that is counted.
    private let materials: @Sendable () throws -> ExplorationMaterials

    public init(materials: @escaping @Sendable () throws -> ExplorationMaterials) {
        self.materials = materials
    }

    /// - Parameters:
    ///   - first: the template, with the first seed.
    ///   - jobs: threads.
    public func run(
        _ first: ExplorationSettings, jobs: Int, _ bounds: Bounds,
        whenDone: @escaping @Sendable (ExplorationResult) -> Void = { _ in }
    ) throws -> Summary {
        let state = Mutex(State(next: first.seed))
        let own = try (0..<max(1, jobs)).map { _ in try materials() }
        let threads = try own.map { materials in
            try NamedThread("explorer") {
                while let settings = Self.next(first, bounds, state) {
                    let result = Exploration(settings, materials).run()
                    state.withLock { $0.summary.add(result) }
                    whenDone(result)
                }
            }
        }
        for thread in threads { thread.join() }
        return state.withLock { state in
            state.summary.failures.sort { $0.seed < $1.seed }
            return state.summary
        }
    }

    private static func next(
        _ first: ExplorationSettings, _ bounds: Bounds, _ state: borrowing Mutex<State>
    ) -> ExplorationSettings? {
        state.withLock { state in
            guard state.next - first.seed < UInt64(bounds.seeds), state.summary.failures.count < bounds.failures,
                state.summary.passages < bounds.passages ?? .max, !bounds.isTimeOver()
            else { return nil }
            var settings = first
            settings.seed = state.next
            state.next += 1
            return settings
        }
    }
}

extension PlantedBug {
    /// Runs seed after seed until something is found. The passages are those of all seeds together.
    public func find(
        from first: ExplorationSettings, _ materials: ExplorationMaterials, passageLimit: Int
    ) -> ExplorationResult {
        var settings = first
        settings.planted = self
        var passages = 0
        while true {
            var result = Exploration(settings, materials).run()
            passages += result.passages
            result.passages = passages
            if result.violation != nil || passages >= passageLimit { return result }
            settings.seed += 1
        }
    }
}
