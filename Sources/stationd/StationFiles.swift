import ClusterAPI
import Crypto
import FoundationEssentials
import Glibc
import Logging
import MaterialModel
import StationConfig
import StrictYAML
import Vocabulary

/// The files that the daemon is set up by, read and checked.
struct StationFiles {
    var path: String
    var settings: StationSettings
    var catalogue: Catalogue
    var model: SpectralModel
    /// Lower-case hexadecimal SHA-256 of the configuration file. If it names register maps, of its bytes and, in the
    /// order of their paths, the SHA-256 of each map's: the maps say what the recorded readings mean.
    var digest: String

    /// Larger files are not read.
    static let sizeLimit = 4 << 20

    static func read(_ path: String) throws -> StationFiles {
        do {
            let configuration = try contents(of: path)
            var maps: [String: Data] = [:]
            let settings = try StationConfigReader.read(
                text: String(decoding: configuration, as: UTF8.self), file: path
            ) { path throws(UnreadableFile) in
                let data = try bytes(of: path)
                maps[path] = data
                return String(decoding: data, as: UTF8.self)
            }
            let catalogue = try CatalogueReader.read(
                text: String(decoding: contents(of: settings.catalogueFile), as: UTF8.self),
                file: settings.catalogueFile)
            let model = try SpectralModel(json: contents(of: settings.modelFile), file: settings.modelFile)
            if let sentence = model.mismatch(withHeadOf: settings) {
                throw StartFailure.configuration(["\(path): model: \(sentence)"])
            }
            return StationFiles(
                path: path, settings: settings, catalogue: catalogue, model: model,
                digest: digest(configuration, maps: maps))
        } catch let errors as YAMLErrors {
            throw StartFailure(errors)
        } catch let error as ModelFileError {
            throw StartFailure.configuration(["\(error)"])
        }
    }

    static func digest(_ configuration: Data, maps: [String: Data]) -> String {
        var hash = SHA256()
        hash.update(data: configuration)
        for map in maps.sorted(by: { $0.key < $1.key }) { hash.update(data: Data(SHA256.hash(data: map.value))) }
        return hexadecimal(hash.finalize())
    }

    private static func contents(of path: String) throws -> Data {
        do {
            return try bytes(of: path)
        } catch {
            throw StartFailure.configuration([
                "\(path): the file could not be read (\(error.reason)); give its path with --config or in the "
                    + "configuration."
            ])
        }
    }

    private static func bytes(of path: String) throws(UnreadableFile) -> Data {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw UnreadableFile(reason: String(cString: strerror(errno)))
        }
        guard data.count <= sizeLimit else {
            throw UnreadableFile(reason: "\(data.count) bytes is above the limit of \(sizeLimit)")
        }
        return data
    }

    /// The reader of the configuration knows the words.
    var logLevel: Logger.Level { Logger.Level(rawValue: settings.logLevel) ?? .info }
}
