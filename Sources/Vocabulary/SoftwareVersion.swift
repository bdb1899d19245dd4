/// The version of all executables of this package; the first line of CHANGELOG.md's newest section.
public enum SoftwareVersion {
    public static let text = "0.5.0"
}
