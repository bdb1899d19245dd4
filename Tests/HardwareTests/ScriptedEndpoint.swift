import Glibc
import Synchronization
import Threads

/// A TCP endpoint on 127.0.0.1 that answers each request frame with the bytes that a test gives for it.
final class ScriptedEndpoint: Sendable {
    let port: Int
    private let listener: Int32
    private let thread = Mutex<NamedThread?>(nil)

    /// - Parameter answer: from the number of the request, beginning with 1, and its frame; nil closes the connection.
    init(_ answer: @escaping @Sendable (Int, [UInt8]) -> [UInt8]?) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard bind(listener, generic, length) == 0, listen(listener, 4) == 0,
                    getsockname(listener, generic, &length) == 0
                else { fatalError("no port on 127.0.0.1: \(String(cString: strerror(errno)))") }
            }
            return Int(UInt16(bigEndian: pointer.pointee.sin_port))
        }
        thread.withLock { $0 = essential { try NamedThread("endpoint") { Self.serve(listener, answer) } } }
    }

    /// Ends the thread; the client's connection, if there is one, must be closed before.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        thread.withLock { $0?.join() }
        close(listener)
    }

    private static func serve(_ listener: Int32, _ answer: (Int, [UInt8]) -> [UInt8]?) {
        var number = 0
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return }
            while let frame = readFrame(client) {
                number += 1
                guard let bytes = answer(number, frame) else { break }
                _ = send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            }
            close(client)
        }
    }

    /// Nil at the end of the connection.
    private static func readFrame(_ client: Int32) -> [UInt8]? {
        guard let head = readBytes(client, 6) else { return nil }
        return readBytes(client, Int(head[4]) << 8 | Int(head[5])).map { head + $0 }
    }

    private static func readBytes(_ client: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let received = recv(client, &bytes, count, Int32(MSG_WAITALL))
        return received == count ? bytes : nil
    }
}
