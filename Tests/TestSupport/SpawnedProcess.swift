import Dispatch
import Glibc
import Synchronization

/// A program started by posix_spawn(3) and awaited by a thread of its own. Foundation learns of an end by a descriptor
/// that every program inherits which is started meanwhile, and then waits for that one as well.
public final class SpawnedProcess: Sendable {
    public struct End: Hashable, Sendable {
        /// The exit code, or the signal's number.
        public var status: Int32
        public var wasKilled: Bool

        public init(status: Int32, wasKilled: Bool) {
            self.status = status
            self.wasKilled = wasKilled
        }
    }

    public struct NotStarted: Error, CustomStringConvertible {
        public let description: String
    }

    public let processID: pid_t
    /// Brings the one end.
    public let ends: AsyncStream<End>
    private let end = Mutex<End?>(nil)
    private let isOver = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - executable: a path, or a name to be looked for on the PATH.
    ///   - folder: nil: that of the tests.
    ///   - environment: added to the tests' own.
    ///   - input: becomes its standard input; nil: it has none.
    ///   - output: becomes its standard output; the caller closes its own copy.
    ///   - complaints: becomes its standard error.
    public init(
        _ executable: String, _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
        input: Int32? = nil, output: Int32, complaints: Int32
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, complaints, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The threads of the tests block signals, and a program inherits that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        // env(1) becomes the program, in the folder that it is told.
        let command = (folder.map { ["env", "-C", $0] } ?? []) + [executable] + arguments
        var words = command.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var variables = Self.variables(environment).map { strdup($0) } + [nil]
        defer { for variable in variables { free(variable) } }
        var started = pid_t()
        let error = posix_spawnp(&started, command[0], &actions, &attributes, &words, &variables)
        guard error == 0 else {
            throw NotStarted(description: "Starting \(executable) failed: \(String(cString: strerror(error))).")
        }
        processID = started
        let (ends, ending) = AsyncStream<End>.makeStream()
        self.ends = ends
        Self.await(self, ending)
    }

    private static func variables(_ added: [String: String]) -> [String] {
        var all: [String] = []
        var next = environ
        while let variable = next.pointee {
            all.append(String(cString: variable))
            next += 1
        }
        return all.filter { variable in !added.keys.contains { variable.hasPrefix("\($0)=") } }
            + added.map { "\($0.key)=\($0.value)" }
    }

    private static func await(_ process: SpawnedProcess, _ ending: AsyncStream<End>.Continuation) {
        let argument = Unmanaged.passRetained(Waiting(process: process, ending: ending))
        var thread = pthread_t()
        let error = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Waiting>.fromOpaque(argument).takeRetainedValue().wait()
                return nil
            }, argument.toOpaque())
        guard error == 0 else { fatalError("no thread: \(String(cString: strerror(error)))") }
        pthread_detach(thread)
    }

    private final class Waiting: Sendable {
        let process: SpawnedProcess
        let ending: AsyncStream<End>.Continuation

        init(process: SpawnedProcess, ending: AsyncStream<End>.Continuation) {
            self.process = process
            self.ending = ending
        }

        func wait() {
            var status: Int32 = 0
            while waitpid(process.processID, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7F
            let end =
                signal == 0 ? End(status: status >> 8 & 0xFF, wasKilled: false) : End(status: signal, wasKilled: true)
            process.end.withLock { $0 = end }
            process.isOver.signal()
            ending.yield(end)
            ending.finish()
        }
    }

    /// Its end, for a test that may block its thread.
    public func waitForEnd() -> End {
        while true {
            if let end = end.withLock({ $0 }) { return end }
            isOver.wait()
            isOver.signal()
        }
    }

    /// Ends it if it still runs.
    public func clearAway() {
        end.withLock { end in
            if end == nil { kill(processID, SIGKILL) }
        }
    }
}
