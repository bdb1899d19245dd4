/// One call of the interface as both sides write it: the client's request line and the server's reading of it.
public enum OperatorCall: Hashable, Sendable {
    case status
    /// At most this many rows, 1 to `OperatorProtocol.returnsLimit`.
    case returns(limit: Int)
    /// One item of them explained, by the sequence number of its acceptance or refusal.
    case explain(sequence: Int64)
    case totals
    case faults
    case readings
    case key
    /// The body is a `KeyExchangeCommand` in JSON.
    case keyExchange
    /// The body is a `CommandRequest` in JSON.
    case command
    /// The body is a `CorrectionRequest` in JSON.
    case correction

    /// Rows that are sent if the request names no limit.
    public static let defaultReturnsLimit = 20

    public var method: String {
        switch self {
        case .status, .returns, .explain, .totals, .faults, .readings, .key: "GET"
        case .command, .keyExchange, .correction: "POST"
        }
    }

    /// Path and query.
    public var uri: String {
        switch self {
        case .status: "/v1/status"
        case .returns(let limit): "/v1/returns?limit=\(limit)"
        case .explain(let sequence): "/v1/returns/\(sequence)"
        case .totals: "/v1/totals"
        case .faults: "/v1/faults"
        case .readings: "/v1/readings"
        case .key: "/v1/key"
        case .keyExchange: "/v1/key/exchange"
        case .command: "/v1/commands"
        case .correction: "/v1/corrections"
        }
    }

    /// - Parameters:
    ///   - uri: path and query as the request line has them.
    /// - Throws: 404 for an unknown path, 405 for a wrong method, 400 for a query that does not fit.
    public init(method: String, uri: String) throws(OperatorFailure) {
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let query = parts.count == 2 ? String(parts[1]) : ""
        let call: OperatorCall =
            switch parts.first ?? "" {
            case "/v1/status": .status
            case "/v1/returns": .returns(limit: try Self.limit(query: query))
            case "/v1/totals": .totals
            case "/v1/faults": .faults
            case "/v1/readings": .readings
            case "/v1/key": .key
            case "/v1/key/exchange": .keyExchange
            case "/v1/commands": .command
            case "/v1/corrections": .correction
            case let path where path.hasPrefix("/v1/returns/"): .explain(sequence: try Self.sequence(path: path))
            case let path: throw OperatorFailure(status: 404, "There is nothing at \(path); the calls are below /v1/.")
            }
        guard call.method == method else {
            throw OperatorFailure(status: 405, "\(parts[0]) is called with \(call.method), not with \(method).")
        }
        if case .returns = call {
        } else if !query.isEmpty {
            throw OperatorFailure(status: 400, "\(parts[0]) takes no query, but \"\(query)\" was given.")
        }
        self = call
    }

    private static func sequence(path: Substring) throws(OperatorFailure) -> Int64 {
        let number = path.dropFirst("/v1/returns/".count)
        guard let sequence = Int64(number), sequence > 0 else {
            throw OperatorFailure(
                status: 404, "/v1/returns/N takes an entry's sequence number, but \"\(number)\" was given.")
        }
        return sequence
    }

    private static func limit(query: String) throws(OperatorFailure) -> Int {
        guard !query.isEmpty else { return defaultReturnsLimit }
        guard query.hasPrefix("limit="), let limit = Int(query.dropFirst("limit=".count)),
            (1...OperatorProtocol.returnsLimit).contains(limit)
        else {
            let most = OperatorProtocol.returnsLimit
            throw OperatorFailure(
                status: 400, "/v1/returns takes limit=N with N from 1 to \(most), but \"\(query)\" was given.")
        }
        return limit
    }
}

/// Why a call was not carried out, in one sentence, with the HTTP status that goes with it.
public struct OperatorFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public var status: Int
    public var sentence: String

    public init(status: Int, _ sentence: String) {
        self.status = status
        self.sentence = sentence
    }

    public var description: String { sentence }
}

/// The body of every answer whose status is not 200.
public struct ErrorAnswer: Codable, Hashable, Sendable {
    public var error: String

    public init(error: String) {
        self.error = error
    }
}
