import Glibc

/// What was asked of the system, and what it said.
public struct SystemRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried, as the beginning of a sentence.
    public let attempt: String
    /// An `errno`.
    public let code: Int32

    init(_ attempt: String, code: Int32) {
        self.attempt = attempt
        self.code = code
    }

    public var description: String { "\(attempt) failed: \(String(cString: strerror(code)))." }
}

/// Makes what a process cannot do without. If that is refused the process ends with the reason, for its supervisor to
/// see: half a station would be worse than none.
public func essential<Made: ~Copyable>(_ make: () throws -> Made) -> Made {
    do { return try make() } catch { fatalError("\(error)") }
}
