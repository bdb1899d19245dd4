import TestSupport
import Testing

@testable import OperatorServer

/// Where the socket cannot be.
@Suite struct SocketPathTests {
    @Test func `a missing folder is named`() async throws {
        try await withTemporaryFolder { folder in
            let error = await #expect(throws: SocketFileError.self) {
                try await OperatorServerService(
                    backend: FakeBackend(), socketPath: "\(folder)/run/op.sock", now: { .zero }, logger: silentLogger
                ).run()
            }
            #expect(error?.reason == "the folder \(folder)/run does not exist; create it.")
        }
    }

    @Test func `a path that the kernel cannot hold is refused`() async throws {
        let path = "/tmp/" + String(repeating: "a", count: 103)
        let error = await #expect(throws: SocketFileError.self) {
            try await OperatorServerService(
                backend: FakeBackend(), socketPath: path, now: { .zero }, logger: silentLogger
            ).run()
        }
        #expect(error?.reason == "its path is longer than 107 bytes; choose a shorter one.")
    }
}
