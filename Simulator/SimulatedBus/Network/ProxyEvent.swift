/// What the proxy did.
public struct ProxyEvent: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// A whole request has come.
        case requested
        /// What was drawn for the exchange has happened.
        case fault(ProxyFault.Kind)
        /// The request is on its way to the cluster; twice in an exchange whose request is duplicated.
        case forwarded
        /// The cluster has answered.
        case answered
        /// The cluster could not be reached, or its connection ended before the answer was whole.
        case lost

        public var name: String {
            switch self {
            case .requested: "requested"
            case .fault(let kind): kind.rawValue
            case .forwarded: "forwarded"
            case .answered: "answered"
            case .lost: "lost"
            }
        }

        /// In the order in which they are counted out.
        public static let all: [Kind] =
            [.requested, .forwarded, .answered, .lost] + ProxyFault.Kind.allCases.map { .fault($0) }
    }
    /// Counts the requests from 1 on; a refused connection has the number of the last one.
    public var exchange: Int
    public var kind: Kind

    /// One JSON object; `time` is on the machine's monotonic clock.
    public func jsonLine(atNanoseconds time: Int64) -> String {
        "{\"event\":\"\(kind.name)\",\"exchange\":\(exchange),\"monotonicNanoseconds\":\(time)}"
    }
}
