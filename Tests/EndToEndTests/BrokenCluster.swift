import Foundation
import Synchronization

/// A server in the cluster's place that answers each request with the next of its answers, whatever was asked, and
/// with the last one from then on.
final class BrokenCluster: Sendable {
    private let listener: Int32
    /// The first line of each request.
    private let requests: AsyncStream<String>
    private let isEnded = Atomic(false)

    init(port: UInt16, answers: [String]) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        _ = try bindToLoopback(listener, port: port)
        listen(listener, 4)
        self.listener = listener
        let (requests, continuation) = AsyncStream<String>.makeStream()
        self.requests = requests
        // Blocking calls on a thread of their own. It ends when the listener is shut down, and closes it.
        Thread.detachNewThread {
            var waiting = answers[...]
            while true {
                let peer = accept(listener, nil, nil)
                guard peer >= 0 else { break }
                let request = Self.request(from: peer)
                let bytes = Array((waiting.first ?? "").utf8)
                if waiting.count > 1 { waiting.removeFirst() }
                _ = send(peer, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                close(peer)
                continuation.yield(String(request.prefix { $0 != "\r\n" }))
            }
            close(listener)
            continuation.finish()
        }
    }

    deinit { shutDown() }

    private func shutDown() {
        if !isEnded.exchange(true, ordering: .relaxed) { shutdown(listener, Int32(SHUT_RDWR)) }
    }

    /// Gives the port back.
    ///
    /// - Returns: the first line of each request.
    func end() async -> [String] {
        shutDown()
        var lines: [String] = []
        for await line in requests { lines.append(line) }
        return lines
    }

    static func answer(_ status: String, _ body: String) -> String {
        "HTTP/1.1 \(status)\r\ncontent-length: \(body.utf8.count)\r\nconnection: close\r\n\r\n\(body)"
    }

    /// Head and body: a connection that is closed with something unread in it takes the answer along.
    private static func request(from peer: Int32) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let head = text.range(of: "\r\n\r\n") {
                let length =
                    text[..<head.lowerBound].lowercased().split(separator: "\r\n")
                    .compactMap { $0.hasPrefix("content-length: ") ? Int($0.dropFirst(16)) : nil }.first ?? 0
                if text[head.upperBound...].utf8.count >= length { return text }
            }
            let count = recv(peer, &buffer, buffer.count, 0)
            guard count > 0 else { return text }
            bytes += buffer.prefix(count)
        }
    }
}
