import CLinux
import Glibc

/// A thread of its own for calls that block, which must not occupy Swift's cooperative pool. Its name shows in `top -H`
/// and in a debugger. Either `join` or `detach` is to be called, once.
public struct NamedThread: Sendable {
    /// The kernel's limit for the name of a thread.
    public static let nameLimit = 15

    private let handle: pthread_t

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Starts the thread. A name of more than `nameLimit` characters is cut.
    public init(_ name: String, _ body: @escaping @Sendable () -> Void) throws(SystemRefusal) {
        let start = Unmanaged.passRetained(Start(name: String(name.prefix(Self.nameLimit)), body: body))
        var handle = pthread_t()
        let code = pthread_create(
            &handle, nil,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                linux_name_thread(start.name)
                start.body()
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw SystemRefusal("Starting the thread \(name)", code: code)
        }
        self.handle = handle
    }

    /// Waits for the end of the thread. Must not be called on it.
    public func join() { pthread_join(handle, nil) }

    /// Lets the thread end by itself.
    public func detach() { pthread_detach(handle) }
}
