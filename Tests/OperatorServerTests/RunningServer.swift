import AsyncHTTPClient
import FoundationEssentials
import Logging
import NIOCore
import OperatorAPI
import OperatorServer
import ServiceLifecycle
import TestSupport
import Vocabulary

/// Serves `backend` on `path` while `body` runs, then stops it as the daemon would.
func withServer(
    _ backend: any OperatorBackend, on path: String, logger: Logger = silentLogger,
    _ body: @Sendable () async throws -> Void
) async throws {
    let (listening, started) = AsyncStream<Void>.makeStream()
    let service = OperatorServerService(backend: backend, socketPath: path, now: { .zero }, logger: logger) {
        started.yield()
    }
    let group = ServiceGroup(services: [service], logger: silentLogger)
    try await withThrowingTaskGroup { tasks in
        tasks.addTask {
            defer { started.finish() }
            try await group.run()
        }
        for await _ in listening { break }
        let result = await Result { try await body() }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        try result.get()
    }
}

extension Result where Failure == any Error, Success: Sendable {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

struct Answer: Hashable {
    var status: UInt
    var body: String
}

func send(_ method: String, _ uri: String, body: String? = nil, to path: String) async throws -> Answer {
    let host = path.replacing("/", with: "%2F")
    var request = HTTPClientRequest(url: "http+unix://\(host)\(uri)")
    request.method = .init(rawValue: method)
    if let body { request.body = .bytes(ByteBuffer(string: body)) }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
    return Answer(status: response.status.code, body: String(buffer: try await response.body.collect(upTo: 1 << 20)))
}
