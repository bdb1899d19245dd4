import FoundationEssentials
import Glibc

/// Who gives a command, for the ledger: the person behind sudo, or else the user that this process runs as.
func callerName() -> String {
    if let person = ProcessInfo.processInfo.environment["SUDO_USER"], !person.isEmpty { return person }
    guard let entry = getpwuid(getuid()) else { return "uid \(getuid())" }
    return String(cString: entry.pointee.pw_name)
}
