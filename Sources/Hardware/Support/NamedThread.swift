import CModbus
import Glibc

/// A thread of its own for blocking C calls, visible under its name in `top -H`.
final class NamedThread: Sendable {
    private let thread: pthread_t

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// - Parameter name: cut to 15 characters, the kernel's limit.
    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let start = Unmanaged.passRetained(Start(name: String(name.prefix(15)), body: body))
        var thread = pthread_t()
        let result = pthread_create(&thread, nil, runNamedThread, start.toOpaque())
        // Without its threads the daemon can do nothing at all: the supervisor is to see that.
        precondition(result == 0, "The thread \(name) could not be created: \(String(cString: strerror(result))).")
        self.thread = thread
    }

    fileprivate static func run(_ argument: UnsafeMutableRawPointer?) {
        guard let argument else { return }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        cmodbus_name_thread(start.name)
        start.body()
    }

    /// Waits for the end of the thread. To be called once.
    func join() {
        pthread_join(thread, nil)
    }
}

private func runNamedThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    NamedThread.run(argument)
    return nil
}
