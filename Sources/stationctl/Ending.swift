import ArgumentParser
import Glibc

/// The exit codes; from 66 on they are those of sysexits.h.
enum Ending {
    static let problemFound = ExitCode(1)
    /// A ledger that was to be replayed (1 says that something would differ), or data to learn from or to judge.
    static let noInput = ExitCode(66)
    /// The daemon, or the port of a bus.
    static let unreachable = ExitCode(69)
    static let badConfiguration = ExitCode(78)
}

/// For results: what a script may read.
func writeResult(_ text: String) {
    print(text)
}

/// For sentences that say why there is no result.
func writeComplaint(_ text: String) {
    // Nothing can be done if even this cannot be written.
    _ = Array((text + "\n").utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
