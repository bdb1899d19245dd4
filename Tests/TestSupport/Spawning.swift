import Foundation
import Synchronization

private let spawning = Mutex(())

/// Lets one program be started at a time: Foundation learns of a program's end by a descriptor that a program started
/// at the same moment would inherit, and then only that one's end would be noticed.
public func startingAlone<Started>(_ start: () throws -> sending Started) rethrows -> sending Started {
    try spawning.withLock { _ in try start() }
}

extension Process {
    public func spawn() throws {
        try startingAlone { try run() }
    }
}
