import FoundationEssentials
import Glibc

/// A fresh folder, removed with all that is in it when the last reference goes. Its path is short: the name of a socket
/// has little room.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() throws {
        var template = Array("/tmp/return-station-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw NoFolder(code: errno) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private struct NoFolder: Error {
        var code: Int32
    }
}

/// Calls `body` with the path of a fresh folder, which is removed afterwards.
public func withTemporaryFolder<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: (String) async throws -> Value
) async throws -> Value {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    return try await body(folder.path)
}
