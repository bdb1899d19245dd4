import Foundation
import Glibc
import TestSupport

/// The programs as they were built together with these tests.
enum Executables {
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

    /// Beside the test bundle, in the build folder.
    static func url(of name: String) throws -> URL {
        var path = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &path, path.count)
        let bundle = String(decoding: path.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let url = URL(filePath: bundle).deletingLastPathComponent().appending(path: name)
        guard FileManager.default.isExecutableFile(atPath: url.path) else {
            throw Missing("\(url.path) is not there: run `swift build` before these tests.")
        }
        return url
    }
}

extension CommandResult {
    func decoded<Value: Decodable>(as type: Value.Type) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(output.utf8))
        } catch {
            throw Missing("exit code \(code), no \(type) in \"\(output)\": \(error). \(complaint)")
        }
    }

    /// Runs the command of the project to its end.
    /// - Parameter input: what a person types; nil: there is nobody.
    static func of(
        _ name: String, _ arguments: [String], in folder: String, input: String? = nil
    ) async throws -> CommandResult {
        try await running(Executables.url(of: name).path, arguments, in: folder, input: input)
    }
}
