import CLinux
import Glibc
import Synchronization
import TestSupport
import Testing
import Threads

@Suite(.timeLimit(.minutes(hangLimitMinutes)))
struct ThreadsTests {
    @Test func `a thread bears its name, cut to what the kernel takes`() throws {
        let name = Mutex("")
        try withThread("bus-with-a-long-name") {
            let file = open("/proc/thread-self/comm", O_RDONLY | O_CLOEXEC)
            defer { close(file) }
            var bytes = [UInt8](repeating: 0, count: 32)
            let count = read(file, &bytes, bytes.count)
            name.withLock { $0 = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) }
        }
        #expect(name.withLock { $0 } == "bus-with-a-long\n")
    }

    @Test func `a ring before the wait is not lost, and is taken once`() throws {
        let bell = try Doorbell()
        bell.ring()
        bell.ring()
        #expect(isReadable(bell))
        bell.wait(atMost: nil)
        #expect(!isReadable(bell))
        // Comes back because the time is over.
        bell.wait(atMost: 0)
    }

    @Test func `a ring wakes a thread that waits without end`() throws {
        let bell = try Doorbell()
        try withThread("waiting", { bell.wait(atMost: nil) }, meanwhile: { bell.ring() })
        #expect(!isReadable(bell))
    }

    @Test func `silence takes what rang`() throws {
        let bell = try Doorbell()
        bell.ring()
        bell.silence()
        #expect(!isReadable(bell))
    }

    private func withThread(
        _ name: String, _ body: @escaping @Sendable () -> Void, meanwhile: () -> Void = {}
    ) throws {
        let thread = try NamedThread(name, body)
        meanwhile()
        thread.join()
    }

    private func isReadable(_ bell: Doorbell) -> Bool {
        var polled = pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0)
        return linux_poll(&polled, 1, 0) == 1
    }
}
