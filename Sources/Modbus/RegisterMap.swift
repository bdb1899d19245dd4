/// What a device's registers mean, as a person who has its manual writes it down: a driver without code.
///
/// Valid by construction: every name that a rule gives is a point's, and every point can be read as a whole within the
/// device's own limit.
public struct RegisterMap: Hashable, Sendable {
    /// As many points as a device's readings have room for.
    public static let pointsLimit = 64

    /// What the device is, for people.
    public let device: String
    public let points: [RegisterPoint]
    public let role: Role
    public let patience: Patience
    public let plan: ReadPlan

    /// - Parameter readable: what else may be read on the way from one point to the next.
    /// - Throws: all that is wrong.
    public init(
        device: String, points: [RegisterPoint], role: Role = .monitor, patience: Patience = Patience(),
        readable: [RegisterSpan] = [], limits: ReadPlan.Limits
    ) throws(RegisterMapFaults) {
        let check = RegisterMapCheck(points: points, role: role)
        var faults = check.faults
        let plan: ReadPlan
        do {
            plan = try ReadPlan(points.map(\.span), readable: readable, limits: limits).reading(check.latchSpans)
            faults += check.lateFlags(in: plan)
        } catch {
            throw RegisterMapFaults(faults: faults + [check.tooLong(error)])
        }
        guard faults.isEmpty else { throw RegisterMapFaults(faults: faults) }
        self.device = device
        self.points = points
        self.role = role
        self.patience = patience
        self.plan = plan
    }

    public func index(of point: String) -> Int? { points.firstIndex { $0.name == point } }

    /// What the station uses the device for; each names the point that tells it.
    public enum Role: Hashable, Sendable {
        /// Its points are shown to people, and that is all.
        case monitor
        /// A number in mg, g or kg.
        case scale(point: String)
        /// A whole number, 0 for no tag.
        case tagReader(point: String)
        /// A number in per cent.
        case binLevel(point: String)

        public var point: String? {
            switch self {
            case .monitor: nil
            case .scale(let point), .tagReader(let point), .binLevel(let point): point
            }
        }
    }

    /// How long a measurement waits for a value that is not there yet or has not settled.
    public struct Patience: Hashable, Sendable {
        /// Between two looks.
        public let interval: Duration
        /// No look begins later than this after the first.
        public let timeout: Duration
        /// So many looks at most; nil: as many as the timeout allows.
        public let attempts: Int?

        public init(
            interval: Duration = .milliseconds(100), timeout: Duration = .milliseconds(1500), attempts: Int? = nil
        ) {
            self.interval = interval
            self.timeout = timeout
            self.attempts = attempts
        }
    }

    /// What a mass may be told in, and how many milligrams that is.
    public static let milligrams: [String: Int128] = ["mg": 1, "g": 1000, "kg": 1_000_000]
}

/// All that keeps points from being a map.
public struct RegisterMapFaults: Error, Hashable, Sendable {
    public struct Fault: Hashable, Sendable {
        /// Index of the point it is about; nil: the role.
        public let point: Int?
        /// The key of the point, or of the role, that it is about.
        public let key: String
        /// What is wrong, for a person.
        public let sentence: String
    }

    public let faults: [Fault]

    /// The key of a fault in one of a point's rules.
    public static func ruleKey(_ position: Int) -> String { "rule \(position)" }
}
