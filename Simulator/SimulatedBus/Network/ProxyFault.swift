/// What happens to one exchange, a request and its answer, between a station and its cluster. A new one is one case
/// here, one line in `ProxyPlan` and what `ProxyService` makes of it.
public enum ProxyFault: Hashable, Sendable {
    /// The connection is reset before anything is read.
    case refuse
    /// The request is read, goes nowhere, and the connection is closed.
    case dropRequest
    /// The cluster gets the request and answers; the answer is thrown away and the connection closed.
    case dropAnswer
    /// The cluster gets the request twice, on two connections; one of the answers is passed on.
    case duplicateRequest
    /// Of the answer so many thousandths are passed on, then the connection is closed.
    case cutAnswer(permille: Int)
    /// The answer is passed on so much later.
    case delayAnswer(Duration)
    /// The request is read and nothing comes back; after so long the connection is reset.
    case halfOpen(Duration)

    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case refuse, dropRequest, dropAnswer, duplicateRequest, cutAnswer, delayAnswer, halfOpen
    }

    public var kind: Kind {
        switch self {
        case .refuse: .refuse
        case .dropRequest: .dropRequest
        case .dropAnswer: .dropAnswer
        case .duplicateRequest: .duplicateRequest
        case .cutAnswer: .cutAnswer
        case .delayAnswer: .delayAnswer
        case .halfOpen: .halfOpen
        }
    }
}

/// Which fault comes next.
public struct ProxyPlan: Sendable {
    /// Shorter than what a station waits for an answer, so that a late one is still taken.
    public static let delayMilliseconds = 50...3000
    /// A station that is started anew meanwhile does not see the end of it.
    public static let halfOpenMilliseconds = 500...10_000

    private enum Source: Sendable {
        case listed(ArraySlice<ProxyFault?>)
        case drawn(permille: Int, any RandomNumberGenerator & Sendable)
    }
    private var source: Source

    /// These, one exchange after the other, and none after the last.
    public init(listed faults: [ProxyFault?]) {
        source = .listed(faults[...])
    }

    /// - Parameter permille: so many of a thousand exchanges have a fault, each kind as often as any other; 0 to 1000.
    public init(faultsPermille permille: Int, random: any RandomNumberGenerator & Sendable) {
        precondition((0...1000).contains(permille), "0 to 1000 of a thousand, not \(permille)")
        source = .drawn(permille: permille, random)
    }

    /// Nil: the exchange goes well.
    public mutating func next() -> ProxyFault? {
        switch source {
        case .listed(var faults):
            let fault = faults.popFirst() ?? nil
            source = .listed(faults)
            return fault
        case .drawn(let permille, var random):
            defer { source = .drawn(permille: permille, random) }
            guard Int.random(in: 0..<1000, using: &random) < permille else { return nil }
            return Self.fault(ProxyFault.Kind.allCases.randomElement(using: &random) ?? .refuse, &random)
        }
    }

    private static func fault(
        _ kind: ProxyFault.Kind, _ random: inout any RandomNumberGenerator & Sendable
    ) -> ProxyFault {
        switch kind {
        case .refuse: .refuse
        case .dropRequest: .dropRequest
        case .dropAnswer: .dropAnswer
        case .duplicateRequest: .duplicateRequest
        case .cutAnswer: .cutAnswer(permille: Int.random(in: 1...999, using: &random))
        case .delayAnswer: .delayAnswer(.milliseconds(Int.random(in: delayMilliseconds, using: &random)))
        case .halfOpen: .halfOpen(.milliseconds(Int.random(in: halfOpenMilliseconds, using: &random)))
        }
    }
}
