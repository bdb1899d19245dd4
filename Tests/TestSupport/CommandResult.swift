import Foundation
import Glibc

/// A program that ran to its end.
public struct CommandResult: Hashable, Sendable {
    public var code: Int32
    public var output: String
    public var complaint: String

    public init(code: Int32, output: String, complaint: String) {
        self.code = code
        self.output = output
        self.complaint = complaint
    }

    public struct Unfinished: Error, CustomStringConvertible {
        public let description: String
    }

    /// Runs the program. Its output goes to files in `folder`, so that it can never wait for a reader.
    /// - Parameter input: what a person types; nil: there is nobody.
    public static func running(
        _ executable: String, _ arguments: [String], in folder: String, input: String? = nil
    ) async throws -> CommandResult {
        let places = [UUID(), UUID(), UUID()].map { "\(folder)/\($0)" }
        try Data((input ?? "").utf8).write(to: URL(filePath: places[2]))
        let files =
            places[..<2].map { open($0, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600) }
            + [open(places[2], O_RDONLY | O_CLOEXEC)]
        defer {
            for file in files { close(file) }
            for place in places { unlink(place) }
        }
        let process = try SpawnedProcess(
            executable, arguments, in: folder, input: input == nil ? nil : files[2], output: files[0],
            complaints: files[1])
        defer { process.clearAway() }
        for await end in process.ends {
            let texts = try places[..<2].map { try String(contentsOfFile: $0, encoding: .utf8) }
            return CommandResult(code: end.status, output: texts[0], complaint: texts[1])
        }
        throw Unfinished(description: "\(executable) \(arguments.joined(separator: " ")) did not end.")
    }
}
