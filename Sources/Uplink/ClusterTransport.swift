import FoundationEssentials

/// Carries one request to the cluster. Errors on the way are thrown; any answer at all is returned.
package protocol ClusterTransport: Sendable {
    /// `path` begins with a slash; `signature` is the value of the signature header.
    func post(path: String, body: Data, signature: String?) async throws -> TransportAnswer
    /// Called once, after the last request.
    func shutdown() async
}

package struct TransportAnswer: Hashable, Sendable {
    /// HTTP status.
    package var status: Int
    /// The Retry-After header, if it is there as whole seconds.
    package var retryAfterSeconds: Int64?
    /// At most `HTTPTransport.answerBodyLimit` bytes.
    package var body: Data

    package init(status: Int, retryAfterSeconds: Int64? = nil, body: Data) {
        self.status = status
        self.retryAfterSeconds = retryAfterSeconds
        self.body = body
    }
}

/// The request got no answer. What was tried, on what, and what came back.
package struct TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    package var message: String
    package var description: String { message }

    package init(message: String) {
        self.message = message
    }
}
