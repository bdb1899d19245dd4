import ClusterAPI
import Foundation
import Hummingbird
import HummingbirdTesting
import Synchronization
import TestSupport
import Vocabulary

@testable import ClusterServer
@testable import ClusterStore
@testable import Uplink

struct SentRequest: Hashable {
    var path: String
    var body: Data
    var signature: String?

    var report: CountReport? { try? CanonicalJSON.decode(CountReport.self, from: body) }
}

/// Answers from a script, then from the cluster behind it.
final class ScriptedTransport: ClusterTransport {
    enum Line {
        case answer(Int, String, retryAfterSeconds: Int64? = nil)
        case noAnswer(String)
        /// The request reaches the cluster, its answer gets lost.
        case lostAnswer
    }
    private let script: Mutex<[Line]>
    private let sent = Mutex<[SentRequest]>([])
    private let cluster: any ClusterTransport

    init(_ script: [Line], cluster: any ClusterTransport) {
        self.script = Mutex(script)
        self.cluster = cluster
    }

    var requests: [SentRequest] { sent.withLock { $0 } }

    func post(path: String, body: Data, signature: String?) async throws -> TransportAnswer {
        sent.withLock { $0.append(SentRequest(path: path, body: body, signature: signature)) }
        switch script.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
        case nil:
            return try await cluster.post(path: path, body: body, signature: signature)
        case .answer(let status, let text, let retryAfterSeconds):
            return TransportAnswer(status: status, retryAfterSeconds: retryAfterSeconds, body: Data(text.utf8))
        case .noAnswer(let message):
            throw TransportError(message: message)
        case .lostAnswer:
            _ = try await cluster.post(path: path, body: body, signature: signature)
            throw TransportError(message: "answer lost")
        }
    }

    func shutdown() async {}
}

/// The server's own routes, without a socket. The store can be closed and opened again behind it.
final class RouterTransport: ClusterTransport {
    private let store: Mutex<ClusterStore>

    init(_ store: ClusterStore) { self.store = Mutex(store) }

    func reopen(directory: String) throws {
        let opened = try ClusterStore(directory: directory)
        store.withLock { $0 = opened }
    }

    func post(path: String, body: Data, signature: String?) async throws -> TransportAnswer {
        let application = Application(
            router: ClusterRoutes.router(
                backend: store.withLock { $0 }, logger: silentLogger, now: { .zero }, unixSeconds: { noon }),
            logger: silentLogger)
        return try await application.test(.router) { client in
            var headers = HTTPFields()
            if let signature { headers[.init(ClusterProtocol.signatureHeader)!] = signature }
            let response = try await client.execute(
                uri: path, method: .post, headers: headers, body: ByteBuffer(bytes: body))
            return TransportAnswer(
                status: response.status.code,
                retryAfterSeconds: response.headers[.retryAfter].flatMap { Int64($0) },
                body: Data(response.body.readableBytesView))
        }
    }

    func shutdown() async {}
}

/// Loses, doubles and reorders what passes, restarts the cluster in between; the same every time for one seed.
final class UnreliableTransport: ClusterTransport {
    private struct State {
        var generator: SeededGenerator
        var old: [SentRequest] = []
    }
    private let state: Mutex<State>
    private let cluster: RouterTransport
    private let directory: String

    init(seed: UInt64, cluster: RouterTransport, directory: String) {
        state = Mutex(State(generator: SeededGenerator(state: seed)))
        self.cluster = cluster
        self.directory = directory
    }

    func post(path: String, body: Data, signature: String?) async throws -> TransportAnswer {
        let (die, late) = state.withLock { state in
            state.old.append(SentRequest(path: path, body: body, signature: signature))
            return (
                Int.random(in: 0..<8, using: &state.generator), state.old.randomElement(using: &state.generator)!
            )
        }
        switch die {
        case 0: throw TransportError(message: "request lost")
        case 1: return TransportAnswer(status: 502, body: Data("<html>".utf8))
        case 2:
            _ = try await cluster.post(path: path, body: body, signature: signature)
            throw TransportError(message: "answer lost")
        case 3:
            try cluster.reopen(directory: directory)
        case 4:
            _ = try await cluster.post(path: late.path, body: late.body, signature: late.signature)
        default: break
        }
        return try await cluster.post(path: path, body: body, signature: signature)
    }

    func shutdown() async {}
}

/// Nobody answers until the outage is over.
final class Outage: ClusterTransport {
    private let isOver = Mutex(false)
    private let cluster: any ClusterTransport

    init(cluster: any ClusterTransport) { self.cluster = cluster }

    func end() { isOver.withLock { $0 = true } }

    func post(path: String, body: Data, signature: String?) async throws -> TransportAnswer {
        guard isOver.withLock({ $0 }) else { throw TransportError(message: "no route to the cluster") }
        return try await cluster.post(path: path, body: body, signature: signature)
    }

    func shutdown() async {}
}

/// Fails and works in turns.
final class FlappingTransport: ClusterTransport {
    private let works = Mutex(true)
    private let cluster: any ClusterTransport

    init(cluster: any ClusterTransport) { self.cluster = cluster }

    func post(path: String, body: Data, signature: String?) async throws -> TransportAnswer {
        let works = works.withLock { works in
            works.toggle()
            return works
        }
        guard works else { throw TransportError(message: "gone") }
        return try await cluster.post(path: path, body: body, signature: signature)
    }

    func shutdown() async {}
}

/// The station writes while its first report is on its way.
struct GrowingTransport: ClusterTransport {
    let cluster: any ClusterTransport
    let ledger: FakeLedger
    let upTo: Int64

    func post(path: String, body: Data, signature: String?) async throws -> TransportAnswer {
        let answer = try await cluster.post(path: path, body: body, signature: signature)
        let missing = upTo - (await ledger.lastSequence)
        if missing > 0 { await ledger.append(Int(missing)) }
        return answer
    }

    func shutdown() async {}
}
