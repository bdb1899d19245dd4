/// Keeps what repeats from filling a log and wearing out the flash below it: of each subject at most `linesLimit` lines
/// in a window; what is left out beyond them is counted, and told when the window is over.
///
/// Windows begin with a subject's first line. A subject that is quiet costs nothing.
public struct RepeatLimit: Hashable, Sendable {
    /// Lines of one subject in one window.
    public static let linesLimit = 10
    /// How long a subject's lines are counted together.
    public static let window: Duration = .seconds(3600)
    /// Subjects that are counted apart at the same time; those beyond share one window.
    public static let subjectsLimit = 128
    /// The name of what has no window of its own.
    public static let otherSubjects = "other subjects"

    public enum Ruling: Hashable, Sendable {
        case write
        /// Write it, and say that what follows is left out.
        case writeLast
        case leaveOut
    }

    /// What became of a window.
    public struct LeftOut: Hashable, Sendable {
        public var subject: String
        /// At least one.
        public var count: Int
        /// The last line that was left out: how matters stand.
        public var last: String

        public init(subject: String, count: Int, last: String) {
            self.subject = subject
            self.count = count
            self.last = last
        }
    }

    private struct Window: Hashable {
        let end: Instant
        var written = 0
        var leftOut = 0
        var last = ""
    }

    private var windows: [String: Window] = [:]
    /// Of the window that ends first.
    private var nextEnd: Instant?

    public init() {}

    /// Counts a line. A window lasts until `takeEnded` is called after its end, so that nothing is left out untold.
    public mutating func rule(_ line: String, about subject: String, at now: Instant) -> Ruling {
        let isKnown = windows[subject] != nil || windows.count < Self.subjectsLimit
        let key = isKnown ? subject : Self.otherSubjects
        var window = windows[key] ?? Window(end: now + Self.window)
        defer { windows[key] = window }
        nextEnd = min(nextEnd ?? window.end, window.end)
        guard window.written < Self.linesLimit else {
            window.leftOut += 1
            window.last = line
            return .leaveOut
        }
        window.written += 1
        return window.written == Self.linesLimit ? .writeLast : .write
    }

    /// Ends the windows whose time is over.
    /// - Returns: those from which something was left out, in the order of their subjects.
    public mutating func takeEnded(at now: Instant) -> [LeftOut] {
        guard let nextEnd, nextEnd <= now else { return [] }
        let ended = windows.filter { $0.value.end <= now }
        for subject in ended.keys { windows[subject] = nil }
        self.nextEnd = windows.values.map(\.end).min()
        return ended.filter { $0.value.leftOut > 0 }
            .map { LeftOut(subject: $0.key, count: $0.value.leftOut, last: $0.value.last) }
            .sorted { $0.subject < $1.subject }
    }
}
