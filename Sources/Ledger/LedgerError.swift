import GRDB
import Glibc

/// Why the ledger could not do what was asked: what was tried, on what, what came back, and what to do, in one or two
/// sentences for a person.
public struct LedgerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is, for whoever has to decide what follows.
    public enum Code: String, CaseIterable, Hashable, Sendable {
        /// Another process writes this ledger.
        case locked
        /// The file was written by a newer version of this software.
        case newerFormat
        /// The file is not a ledger, or not a whole one.
        case damaged
        /// The ledger belongs to another station.
        case otherStation
        /// The connection does not promise that committed entries survive a power cut.
        case notDurable
        case diskFull
        /// The ledger is stopped, or was never made.
        case notOpen
        /// What was asked does not fit what the ledger holds.
        case invalidRequest
        /// Any other answer of the operating system or of SQLite.
        case systemError
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }

    /// Sorts an error that came out of GRDB; errors of our own pass unchanged.
    init(_ error: any Error, tried: String) {
        switch error {
        case let ours as LedgerError:
            self = ours
        case let sqlite as DatabaseError:
            self = Self.sorted(sqlite, tried: tried)
        default:
            self.init(.systemError, "\(tried): \(error). Look at the daemon's log and at the file system.")
        }
    }

    private static func sorted(_ error: DatabaseError, tried: String) -> LedgerError {
        let answer = "SQLite answered \(error.extendedResultCode.rawValue) (\(error.message ?? "no text"))"
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            return .init(.damaged, "\(tried): \(answer). The file is damaged; \(whatToDoAboutDamage)")
        case .SQLITE_FULL:
            return .init(.diskFull, "\(tried): \(answer). Free space on the file system of the ledger.")
        default:
            return .init(.systemError, "\(tried): \(answer). Check the file system and the rights on the folder.")
        }
    }

    static let whatToDoAboutDamage = """
        nothing was changed. Keep the file, look at it with `stationctl ledger verify`, and restore it from a backup.
        """

    static func damaged(_ path: String, _ finding: String) -> LedgerError {
        LedgerError(.damaged, "The ledger \(path) is damaged: \(finding) It was not opened; \(whatToDoAboutDamage)")
    }

    /// For a failed system call; `code` is errno, taken at once.
    package static func system(_ tried: String, errno code: Int32) -> LedgerError {
        LedgerError(
            code == ENOSPC ? .diskFull : .systemError,
            "\(tried): \(String(cString: strerror(code))). Check the file system and the rights on the folder.")
    }
}
