import Dispatch
import Glibc

/// A datagram socket in the place of systemd's: the messages as they come.
final class NotifySocket {
    let path: String
    let messages: AsyncStream<String>
    private let source: any DispatchSourceRead

    init(folder: String) throws {
        let path = "\(folder)/notify.sock"
        self.path = path
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else { throw Missing("\(path) could not be bound: \(String(cString: strerror(errno)))") }
        let (messages, continuation) = AsyncStream<String>.makeStream()
        self.messages = messages
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor)
        source.setEventHandler {
            var buffer = [UInt8](repeating: 0, count: 512)
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 { continuation.yield(String(decoding: buffer.prefix(count), as: UTF8.self)) }
        }
        source.setCancelHandler { close(descriptor) }
        source.activate()
    }

    deinit { source.cancel() }

    /// The next message that begins so.
    func message(beginning: String) async throws -> String {
        for await message in messages where message.hasPrefix(beginning) { return message }
        throw Missing("no message \"\(beginning)\" came")
    }
}
