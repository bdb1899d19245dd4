import Glibc

/// A program of others, spoken to by lines; killed with the last reference if it still runs then. Its output and its
/// complaints are one stream.
final class PeerProcess {
    private let processID: pid_t
    private var input: Int32
    private let output: Int32
    private var unread: [UInt8] = []
    private var code: Int32?

    /// - Parameter executable: a path, or a name to be looked for on the PATH.
    init(_ executable: String, _ arguments: [String]) throws {
        // Closed on exec: a program that another test starts must not hold this one's ends open.
        let (theirInput, ourInput) = try Self.pair()
        let (ourOutput, theirOutput) = try Self.pair()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, theirInput, STDIN_FILENO)
        for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_adddup2(&actions, theirOutput, descriptor)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        // The threads of the tests block signals, and a program inherits that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
            close(theirInput)
            close(theirOutput)
        }
        var words = ([executable] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var processID = pid_t()
        let error = posix_spawnp(&processID, executable, &actions, &attributes, &words, environ)
        self.processID = processID
        input = ourInput
        output = ourOutput
        if error != 0 {
            code = error
            throw NotStarted(executable: executable, error: String(cString: strerror(error)))
        }
    }

    deinit {
        if input >= 0 { close(input) }
        close(output)
        guard code == nil else { return }
        kill(processID, SIGKILL)
        waitpid(processID, nil, 0)
    }

    /// Two connected ends.
    private static func pair() throws -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw NotStarted(executable: "a pair of sockets", error: String(cString: strerror(errno)))
        }
        return (ends[0], ends[1])
    }

    /// The next line that it writes; waits for it.
    func line() throws -> String {
        while true {
            if let newline = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread.removeFirst(newline + 1) }
                return String(decoding: unread[..<newline], as: UTF8.self)
            }
            guard readMore() else { throw Ended(rest: String(decoding: unread, as: UTF8.self)) }
        }
    }

    /// The next line that contains `text`.
    @discardableResult
    func line(with text: String) throws -> String {
        var passedOver: [String] = []
        while true {
            do {
                let line = try line()
                if line.contains(text) { return line }
                passedOver.append(line)
            } catch let ended as Ended {
                throw Ended(rest: (passedOver + [ended.rest]).joined(separator: "\n"))
            }
        }
    }

    func write(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = Glibc.write(input, bytes, bytes.count)
    }

    /// Ends its input and waits for its end.
    /// - Returns: its exit code, or less than 0 after a signal, and what it wrote that was not read.
    func finish() -> (code: Int32, rest: String) {
        close(input)
        input = -1
        while readMore() {}
        var status: Int32 = 0
        waitpid(processID, &status, 0)
        let code = status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
        self.code = code
        return (code, String(decoding: unread, as: UTF8.self))
    }

    /// - Returns: false at the end of its output.
    private func readMore() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(output, &bytes, bytes.count)
        unread += bytes.prefix(max(0, count))
        return count > 0
    }

    struct Ended: Error {
        var rest: String
    }

    struct NotStarted: Error {
        var executable: String
        var error: String
    }
}
