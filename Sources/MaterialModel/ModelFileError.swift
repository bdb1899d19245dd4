/// Why a model file cannot be used. For support: the file does not fit this release, or was damaged.
public enum ModelFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Not JSON, or a key is missing or of another type.
    case notReadable(file: String, detail: String)
    case versionUnknown(file: String, found: Int, known: Int)
    /// A value is out of its bounds, or an array has another length than it must.
    case invalid(file: String, detail: String)

    public var description: String {
        switch self {
        case .notReadable(let file, let detail):
            "Reading the spectral model \(file) failed: \(detail). Install the model file of this release again."
        case .versionUnknown(let file, let found, let known):
            "The spectral model \(file) is of version \(found), this release reads version \(known). "
                + "Install the model file of this release."
        case .invalid(let file, let detail):
            "The spectral model \(file) is not usable: \(detail). Train it again or install the one of this release."
        }
    }
}
