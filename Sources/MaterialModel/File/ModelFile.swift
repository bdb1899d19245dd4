import Crypto
import FoundationEssentials
import Vocabulary

/// The model file as it stands on disk, version 2. Frozen: another shape gets another version.
///
/// It begins with the SHA-256 of all that follows behind the first comma, so that a damaged file is noticed whatever
/// the damage is.
public enum ModelFile {
    public static let knownVersion = 2
    public static let byteLimit = 262_144
    public static let bandLimit = 512
    public static let classLimit = 12
    /// Far greater numbers could only overflow later.
    public static let magnitudeLimit = 1e9

    private struct Version: Codable { var version: Int }

    private struct Stored: Codable {
        var version: Int
        var bandsNanometres: [Double]
        var classes: [ModelContent.Class]
        var limits: ModelContent.Limits
        var spectrometer: SpectrometerParameters?
        var led8: LEDParameters?
        var training: ModelContent.Training
        var evaluation: ModelEvaluation
        /// Only a model that was adapted to a head has it.
        var adaptation: ModelAdaptation?
    }

    /// The bytes of a file. Numbers should have few digits (`ModelContent.rounded`), so that it stays small.
    public static func encode(_ content: ModelContent) throws -> Data {
        var stored = Stored(
            version: knownVersion, bandsNanometres: content.bandsNanometres, classes: content.classes,
            limits: content.limits, training: content.training, evaluation: content.evaluation,
            adaptation: content.adaptation)
        switch content.parameters {
        case .spectrometer(let parameters): stored.spectrometer = parameters
        case .led8(let parameters): stored.led8 = parameters
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = try encoder.encode(stored).dropFirst() + Data("\n".utf8)
        return head(hash(of: body)) + body
    }

    private static func head(_ hash: String) -> Data { Data("{\"sha256\":\"\(hash)\",".utf8) }

    private static func hash(of bytes: Data) -> String {
        SHA256.hash(data: bytes).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }

    static func decode(_ data: Data, file: String) throws(ModelFileError) -> (content: ModelContent, hash: String) {
        guard data.count <= byteLimit else {
            throw .invalid(file: file, detail: "it has \(data.count) bytes, at most \(byteLimit) are read")
        }
        let stored: Stored
        do {
            let decoder = JSONDecoder()
            // The version first: a file of another version may have any other shape.
            let version = try decoder.decode(Version.self, from: data).version
            guard version == knownVersion else {
                throw ModelFileError.versionUnknown(file: file, found: version, known: knownVersion)
            }
            stored = try decoder.decode(Stored.self, from: data)
        } catch let error as ModelFileError {
            throw error
        } catch let error as DecodingError {
            throw .notReadable(file: file, detail: error.sentence)
        } catch {
            throw .notReadable(file: file, detail: String(describing: error))
        }
        let hash = try wholeHash(data, file: file)
        let content = try content(stored, file: file)
        if let complaint = complaint(content) { throw .invalid(file: file, detail: complaint) }
        return (content, hash)
    }

    private static func wholeHash(_ data: Data, file: String) throws(ModelFileError) -> String {
        let headCount = head(String(repeating: "0", count: 64)).count
        guard data.count > headCount else { throw .invalid(file: file, detail: "its hash is missing") }
        let found = hash(of: data.dropFirst(headCount))
        guard data.prefix(headCount) == head(found) else {
            throw .invalid(file: file, detail: "its content is not what its sha256 was made of; it was changed")
        }
        return found
    }

    private static func content(_ stored: Stored, file: String) throws(ModelFileError) -> ModelContent {
        let parameters: SpectralModel.Parameters
        switch (stored.spectrometer, stored.led8) {
        case (let spectrometer?, nil): parameters = .spectrometer(spectrometer)
        case (nil, let led8?): parameters = .led8(led8)
        case (nil, nil), (_?, _?):
            throw .invalid(file: file, detail: "it must have either \"spectrometer\" or \"led8\"")
        }
        return ModelContent(
            bandsNanometres: stored.bandsNanometres, classes: stored.classes, limits: stored.limits,
            parameters: parameters, training: stored.training, evaluation: stored.evaluation,
            adaptation: stored.adaptation)
    }
}

extension DecodingError {
    fileprivate var sentence: String {
        func place(_ context: Context) -> String {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty ? "the file" : path
        }
        return switch self {
        case .keyNotFound(let key, let context): "the key \(key.stringValue) is missing in \(place(context))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context): "\(place(context)) has another type"
        case .dataCorrupted(let context): "\(place(context)) is not valid (\(context.debugDescription))"
        @unknown default: String(describing: self)
        }
    }
}
