import FoundationEssentials
import Glibc
import StationConfig
import Vocabulary

/// Everything that can be said of a configuration without hardware: the file, its catalogue, and the files it names.
struct ConfigCheck {
    struct Report {
        var file: String
        var settings: StationSettings
        var catalogue: Catalogue
    }

    struct Summary: Codable, Hashable {
        var file: String
        var isValid: Bool
        var problems: [String]
    }

    let file: String
    private(set) var problems: [String] = []
    private(set) var report: Report?

    init(file: String) {
        self.file = file
        let settings = read(file) { text throws in
            try StationConfigReader.read(text: text, file: file) { path throws(UnreadableFile) in
                try Self.text(of: path)
            }
        }
        guard let settings else { return }
        let path = settings.catalogueFile
        let catalogue = read(path) { text throws in try CatalogueReader.read(text: text, file: path) }
        checkReadable(settings.modelFile, key: "model")
        if let authority = settings.cluster?.authorityFile { checkReadable(authority, key: "cluster.authority") }
        if let catalogue, problems.isEmpty { report = Report(file: file, settings: settings, catalogue: catalogue) }
    }

    var summary: Summary { Summary(file: file, isValid: problems.isEmpty, problems: problems) }

    private mutating func read<Value>(_ path: String, _ decode: (String) throws -> Value) -> Value? {
        do {
            return try decode(try Self.text(of: path))
        } catch let error as UnreadableFile {
            problems.append("\(path): the file cannot be read: \(error.reason)")
        } catch {
            problems.append("\(error)")
        }
        return nil
    }

    private mutating func checkReadable(_ path: String, key: String) {
        guard access(path, R_OK) != 0 else { return }
        problems.append("\(file): \(key): the file \(path) cannot be read: \(String(cString: strerror(errno)))")
    }

    /// What is longer than the reader of YAML permits, it refuses.
    static func text(of path: String) throws(UnreadableFile) -> String {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw UnreadableFile(reason: (error as? CocoaError).map(reason) ?? "\(error)")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw UnreadableFile(reason: "it is not UTF-8 text")
        }
        return text
    }

    private static func reason(_ error: CocoaError) -> String {
        let underlying = error.underlying as? POSIXError
        return underlying.map { String(cString: strerror($0.code.rawValue)) } ?? "\(error)"
    }
}
