import CLinux
import Glibc

/// Waits for any of several descriptors. What a wake-up costs does not grow with their number, as it does with poll(2).
public struct DescriptorWatch: ~Copyable {
    /// So many places can be told apart.
    public static let limit = 64

    /// What a wait came back with: a bit for each place.
    public struct Ready: Sendable {
        /// Those that can be read or are broken.
        public var places: UInt64 = 0
        /// Those of which the system told an error or a hang-up.
        public var broken: UInt64 = 0
    }

    private let epoll: Int32
    public private(set) var descriptors: [Int32] = []

    public init() throws(SystemRefusal) {
        epoll = linux_epoll()
        guard epoll >= 0 else { throw SystemRefusal("Making an epoll descriptor", code: errno) }
    }

    deinit { close(epoll) }

    /// Watches these and no others from now on, in these places; negative ones keep their place and are never ready.
    /// The system forgets a descriptor that is closed: it must have been left out once before its number may come back.
    /// - Precondition: at most `limit`, each once.
    public mutating func watch(_ wanted: [Int32]) throws(SystemRefusal) {
        guard wanted != descriptors else { return }
        for descriptor in descriptors where descriptor >= 0 {
            // It fails for those that have been closed.
            _ = linux_epoll_remove(epoll, descriptor)
        }
        descriptors = wanted
        for (place, descriptor) in wanted.enumerated() where descriptor >= 0 {
            guard linux_epoll_add(epoll, descriptor, UInt32(place)) == 0 else {
                throw SystemRefusal("Watching descriptor \(descriptor)", code: errno)
            }
        }
    }

    /// Returns after so long, earlier as soon as a descriptor can be read; nil waits for that alone. A signal ends it
    /// early, too.
    public func wait(atMost timeoutNanoseconds: Int64?) -> Ready {
        var ready = Ready()
        _ = linux_epoll_wait(epoll, timeoutNanoseconds.map { max(0, $0) } ?? -1, &ready.places, &ready.broken)
        return ready
    }
}
