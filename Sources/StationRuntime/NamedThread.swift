import CLinux
import Glibc

/// A thread of our own for work that blocks. It has a name, so that `top -H` and a debugger show whose it is.
enum NamedThread {
    /// `name` has at most 15 characters (the kernel's limit).
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Body(name: name, body: body))
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { context in
                let work = Unmanaged<Body>.fromOpaque(context!).takeRetainedValue()
                linux_name_thread(work.name)
                work.body()
                return nil
            }, box.toOpaque())
        precondition(failure == 0, "pthread_create for \(name) failed: errno \(failure)")
        pthread_detach(thread)
    }

    private final class Body {
        let name: String
        let body: @Sendable () -> Void
        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
