import Modbus
import StrictYAML

/// Why a file that the configuration names has no text; the end of a sentence, such as `No such file or directory`.
public struct UnreadableFile: Error, Hashable, Sendable {
    public let reason: String

    public init(reason: String) {
        self.reason = reason
    }
}

/// Gives the reader of the configuration the text of another file that is part of it.
public typealias TextOfFile = (_ path: String) throws(UnreadableFile) -> String

/// The register maps that one configuration names. Each file is read once, however many devices are described by it.
final class RegisterMapFiles {
    private let folder: String
    private let textOf: TextOfFile
    private var known: [String: RegisterMap?] = [:]

    init(folder: String, textOf: @escaping TextOfFile) {
        self.folder = folder
        self.textOf = textOf
    }

    /// Nil if there is no such map, which is then reported: at the value if the file cannot be read, and at the map's
    /// own lines for what is wrong in it.
    func map(named value: YAMLValue) -> RegisterMap? {
        guard let path = value.string().map({ resolve($0, in: folder) }) else { return nil }
        if let known = known[path] { return known }
        let map = read(path, value.place)
        known[path] = .some(map)
        return map
    }

    private func read(_ path: String, _ place: YAMLPlace) -> RegisterMap? {
        do {
            return try RegisterMapReader.read(text: try textOf(path), file: path)
        } catch let error as UnreadableFile {
            place.fail("the file \(path) cannot be read: \(error.reason)")
        } catch let errors as YAMLErrors {
            place.include(errors)
        } catch {
            place.fail("the file \(path) cannot be read: \(error)")
        }
        return nil
    }
}
