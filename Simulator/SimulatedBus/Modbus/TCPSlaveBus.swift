import Glibc
import Logging

/// Units behind one Modbus TCP endpoint, for several clients at once.
public final class TCPSlaveBus: Sendable {
    /// More clients at once are turned away.
    public static let clientsLimit = 16

    /// The port that it listens on, also if any was asked for.
    public let port: Int
    private let units: [UInt8: any SlaveUnit]
    private let logger: Logger
    private let thread: ServerThread
    private let listener: Int32

    /// - Parameters:
    ///   - host: an IPv4 address.
    ///   - port: 0 takes any that is free.
    public init(host: String, port: Int, units: [UInt8: any SlaveUnit], logger: Logger) throws {
        self.units = units
        self.logger = logger
        thread = try ServerThread("slave-tcp")
        (listener, self.port) = try Self.listen(host, port)
    }

    deinit {
        thread.stop()
        close(listener)
    }

    public func start() {
        let (listener, units) = (listener, units)
        thread.start { bell in Self.serve(listener, units, until: bell) }
        logger.info("Simulated TCP bus on port \(port) with units \(units.keys.sorted()).")
    }

    /// Closes all clients; returns when the thread has ended. `start` serves again on the same port.
    public func stop() {
        thread.stop()
    }

    private static func serve(_ listener: Int32, _ units: [UInt8: any SlaveUnit], until bell: Int32) {
        var clients: [Int32: TCPFraming] = [:]
        defer { for client in clients.keys { close(client) } }
        while true {
            let readable = waitReadable([bell, listener] + clients.keys)
            if readable.contains(bell) { return }
            if readable.contains(listener) { accept(listener, &clients) }
            for client in clients.keys where readable.contains(client) {
                guard serve(client, &clients[client, default: .init()], units) else {
                    close(client)
                    clients[client] = nil
                    continue
                }
            }
        }
    }

    private static func accept(_ listener: Int32, _ clients: inout [Int32: TCPFraming]) {
        guard let client = acceptClient(listener) else { return }
        guard clients.count < clientsLimit else {
            close(client)
            return
        }
        var yes: Int32 = 1
        setsockopt(client, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        clients[client] = TCPFraming()
    }

    /// - Returns: false if the client is to be closed.
    private static func serve(_ client: Int32, _ framing: inout TCPFraming, _ units: [UInt8: any SlaveUnit]) -> Bool {
        guard let bytes = readAvailable(client) else { return false }
        framing.take(bytes)
        while let request = framing.nextRequest() {
            guard let slave = units[request.unit] else { continue }
            switch SlaveRequest(request.pdu).reply(of: slave) {
            case .pdu(let answer):
                guard sendAll(request.frame(answer), to: client) else { return false }
            // TCP has no check sum of its own: what a gateway cannot read from its line it does not pass on.
            case .pduWithBadChecksum, .silence:
                break
            }
        }
        return !framing.isBroken
    }

    private static func listen(_ host: String, _ port: Int) throws -> (socket: Int32, port: Int) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1, let port = UInt16(exactly: port) else {
            throw SimulatedBusError("\(host):\(port) is no IPv4 address with a port from 0 to 65535.")
        }
        address.sin_port = port.bigEndian
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard listener >= 0 else { throw SimulatedBusError("Making a socket", error: errno) }
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard bind(listener, pointer, length) == 0, Glibc.listen(listener, 8) == 0 else { return Int32(-1) }
                return getsockname(listener, pointer, &length)
            }
        }
        guard result == 0 else {
            let error = errno
            close(listener)
            throw SimulatedBusError("Listening on \(host):\(port)", error: error)
        }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }
}

/// Cuts a connection's bytes into requests (Modbus messaging on TCP/IP V1.0b, 3.1.3).
struct TCPFraming: Hashable, Sendable {
    struct Request: Hashable, Sendable {
        let transaction: [UInt8]
        let unit: UInt8
        let pdu: [UInt8]

        func frame(_ answer: [UInt8]) -> [UInt8] {
            let length = UInt16(answer.count + 1)
            return transaction + [0, 0, UInt8(length >> 8), UInt8(length & 0xFF), unit] + answer
        }
    }

    private var buffer: [UInt8] = []
    /// The bytes are no Modbus; the connection is to be closed.
    private(set) var isBroken = false

    /// Protocol data unit and unit id.
    static let lengthLimit = 254

    mutating func take(_ bytes: [UInt8]) {
        buffer += bytes
    }

    mutating func nextRequest() -> Request? {
        guard buffer.count >= 7 else { return nil }
        let length = Int(buffer[4]) << 8 | Int(buffer[5])
        guard buffer[2] == 0, buffer[3] == 0, (2...Self.lengthLimit).contains(length) else {
            isBroken = true
            return nil
        }
        guard buffer.count >= 6 + length else { return nil }
        defer { buffer.removeFirst(6 + length) }
        return Request(
            transaction: Array(buffer[0...1]), unit: buffer[6], pdu: Array(buffer[7..<6 + length]))
    }
}
