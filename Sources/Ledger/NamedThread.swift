import Glibc

/// A thread of its own for blocking calls, which must not occupy Swift's cooperative pool.
struct NamedThread: Sendable {
    private let handle: pthread_t

    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, _ run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }

        /// The C library's call for this is hidden from Swift; the kernel takes the name as a file as well.
        func takeName() {
            let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return }
            _ = write(descriptor, name, name.utf8.count)
            close(descriptor)
        }
    }

    /// `name` shows in `top -H`; the kernel keeps 15 characters.
    init(name: String, _ run: @escaping @Sendable () -> Void) throws(LedgerError) {
        let body = Unmanaged.passRetained(Body(name: name, run))
        var handle = pthread_t()
        let code = pthread_create(
            &handle, nil,
            { argument in
                guard let argument else { return nil }
                let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                body.takeName()
                body.run()
                return nil
            }, body.toOpaque())
        guard code == 0 else {
            body.release()
            throw .system("Starting the thread \(name)", errno: code)
        }
        self.handle = handle
    }

    /// Waits for the end of the thread. Call it once.
    func join() { pthread_join(handle, nil) }
}

/// Wakes one waiting thread. A wake-up before the wait is not lost.
struct WakeUp: ~Copyable, Sendable {
    private let readEnd: Int32
    private let writeEnd: Int32

    init() throws(LedgerError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .system("Making a pipe", errno: errno) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    func signal() {
        var byte: UInt8 = 1
        // The only error that can happen is a full pipe, and then the thread wakes anyway.
        _ = write(writeEnd, &byte, 1)
    }

    /// Returns after a signal or when the time is over; takes all signals given so far.
    func wait(atMost timeoutMilliseconds: Int32) {
        var request = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        guard poll(&request, 1, timeoutMilliseconds) > 0 else { return }
        var bytes = [UInt8](repeating: 0, count: 512)
        _ = read(readEnd, &bytes, bytes.count)
    }
}
