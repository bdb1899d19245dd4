import ClusterAPI
import FoundationEssentials

/// What the cluster's answer to an exchange of keys means for the uplink.
enum KeyStep: Hashable, Sendable {
    /// The cluster holds the next key.
    case adopt
    /// Not now: reports go on with the present key, and the next attempt asks again.
    case later(String)
    /// The cluster is to be left alone for a while.
    case failed(String, retryAfterSeconds: Int64?)
}

/// Only an answer that names the next key's fingerprint is believed. Everything else leaves the keys as they are: an
/// exchange that does not come about never hinders reports.
enum KeyAnswerRule {
    static func step(after answer: TransportAnswer, next fingerprint: String) -> KeyStep {
        let decoded = try? CanonicalJSON.decode(KeyExchangeAnswer.self, from: answer.body)
        if answer.status == 200, decoded?.status == .exchanged, decoded?.fingerprint == fingerprint { return .adopt }
        let said = decoded.map { ": \($0.message)" } ?? "."
        let sentence = "The cluster answered \(answer.status) to the exchange of keys\(said)"
        if answer.status == 429 || answer.status == 503 {
            return .failed(sentence, retryAfterSeconds: answer.retryAfterSeconds)
        }
        return .later(sentence)
    }
}
