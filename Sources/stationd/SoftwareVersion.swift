/// The version of all executables of this package.
enum SoftwareVersion {
    static let text = "0.1.0"
}
