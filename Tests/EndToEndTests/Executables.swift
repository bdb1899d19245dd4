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

/// A command that ran to its end.
struct CommandResult: Hashable, Sendable {
    var code: Int32
    var output: String
    var complaint: String

    func decoded<Value: Decodable>(as type: Value.Type) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(output.utf8))
        } catch {
            throw Missing("exit code \(code), no \(type) in \"\(output)\": \(error). \(complaint)")
        }
    }

    /// Runs the command. Its output goes to files, so that it can never wait for a reader.
    /// - Parameter input: what a person types; nil: there is nobody.
    static func of(
        _ name: String, _ arguments: [String], in folder: String, input: String? = nil
    ) async throws -> CommandResult {
        let places = [UUID(), UUID(), UUID()].map { "\(folder)/\($0)" }
        try Data((input ?? "").utf8).write(to: URL(filePath: places[2]))
        let files =
            places[..<2].map { Glibc.open($0, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600) }
            + [Glibc.open(places[2], O_RDONLY | O_CLOEXEC)]
        defer {
            for file in files { close(file) }
            for place in places { unlink(place) }
        }
        let process = try SpawnedProcess(
            try Executables.url(of: name).path, arguments, in: folder, input: input == nil ? nil : files[2],
            output: files[0], complaints: files[1])
        defer { process.clearAway() }
        for await end in process.ends {
            let texts = try places[..<2].map { try String(contentsOfFile: $0, encoding: .utf8) }
            return CommandResult(code: end.status, output: texts[0], complaint: texts[1])
        }
        throw Missing("\(name) \(arguments.joined(separator: " ")) did not end.")
    }
}
