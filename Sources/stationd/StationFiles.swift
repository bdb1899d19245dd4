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
    /// Lower-case hexadecimal SHA-256 of the configuration file.
    var digest: String

    /// Larger files are not read.
    static let sizeLimit = 4 << 20

    static func read(_ path: String) throws -> StationFiles {
        do {
            let configuration = try contents(of: path)
            let settings = try StationConfigReader.read(
                text: String(decoding: configuration, as: UTF8.self), file: path)
            let catalogue = try CatalogueReader.read(
                text: String(decoding: contents(of: settings.catalogueFile), as: UTF8.self),
                file: settings.catalogueFile)
            let model = try SpectralModel(json: contents(of: settings.modelFile), file: settings.modelFile)
            return StationFiles(
                path: path, settings: settings, catalogue: catalogue, model: model,
                digest: hexadecimal(SHA256.hash(data: configuration)))
        } catch let errors as YAMLErrors {
            throw StartFailure(errors)
        } catch let error as ModelFileError {
            throw StartFailure.configuration(["\(error)"])
        }
    }

    private static func contents(of path: String) throws -> Data {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            let reason = String(cString: strerror(errno))
            throw StartFailure.configuration([
                "\(path): the file could not be read (\(reason)); give its path with --config or in the configuration."
            ])
        }
        guard data.count <= sizeLimit else {
            throw StartFailure.configuration(["\(path): \(data.count) bytes is above the limit of \(sizeLimit)."])
        }
        return data
    }

    /// The reader of the configuration knows the words.
    var logLevel: Logger.Level { Logger.Level(rawValue: settings.logLevel) ?? .info }
}
