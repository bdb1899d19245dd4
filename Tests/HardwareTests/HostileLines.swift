import Foundation
import Glibc
import Modbus
import StationPorts
import Synchronization
import Testing
import Vocabulary

@testable import Hardware
@testable import SimulatedBus

/// Bytes that a line may bring instead of an answer.
struct LineNoise: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var bytes: [UInt8]

    init(_ description: String, _ bytes: [UInt8]) {
        testDescription = description
        self.bytes = bytes
    }
}

/// Unit 1 on a pseudo-terminal of its own. It answers every read with its registers, or once with whatever bytes.
final class NoisySlave: Sendable {
    private let terminal: PseudoTerminal
    private let thread: ServerThread
    private let noise = Mutex<[UInt8]?>(nil)

    init(registers: [UInt16]) throws {
        terminal = try PseudoTerminal()
        thread = try ServerThread("noisy-slave")
        let data = registers.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        thread.start { [self] bell in serve(data, until: bell) }
    }

    var path: String { terminal.path }

    func stop() { thread.stop() }

    /// The next request is answered with these bytes.
    func answerNext(with bytes: [UInt8]) { noise.withLock { $0 = bytes } }

    /// Bytes that nobody asked for.
    func send(_ bytes: [UInt8]) { terminal.send(bytes) }

    private func serve(_ data: [UInt8], until bell: Int32) {
        var framing = RTUFraming()
        while true {
            let timeout = framing.isWaiting ? RTUFraming.silenceMilliseconds : -1
            let readable = waitReadable([terminal.master, bell], timeoutMilliseconds: timeout)
            if readable.contains(bell) { return }
            guard readable.contains(terminal.master), let bytes = readAvailable(terminal.master) else {
                framing.silenceSeen()
                continue
            }
            framing.take(bytes)
            while let (unit, pdu) = framing.nextRequest() {
                let count = 2 * Int(pdu.last ?? 0)
                let answer = RTUFraming.frame(unit: unit, pdu: [pdu[0], UInt8(count)] + data.prefix(count))
                send(noise.withLock { $0.take() } ?? answer)
            }
        }
    }
}

/// What a system call came to.
struct SystemFailure: Error {
    var code: Int32
}

/// Holds threads up until it is opened.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let closed = Mutex(true)

    var isClosed: Bool { closed.withLock { $0 } }

    func open() {
        let isFirst = closed.withLock { closed in
            defer { closed = false }
            return closed
        }
        if isFirst { semaphore.signal() }
    }

    func pass() {
        semaphore.wait()
        semaphore.signal()
    }
}

/// A connection attempt that lasts until the gate is opened, and then fails.
final class HangingLink: ModbusLink {
    private let gate: Gate

    init(gate: Gate) { self.gate = gate }

    func connect() throws(PortError) {
        gate.pass()
        throw PortError(.timeout, "Nobody answered.")
    }

    func exchange(
        _ request: ModbusRequest, unit: UInt8, within timing: ExchangeTiming
    ) throws(ExchangeFailure) -> ModbusAnswer {
        throw .disconnected(PortError(.timeout, "Nobody answered."))
    }

    var hasStrayInput: Bool { false }
    func flush() {}
    func close() {}
}

/// A socket on a free port of 127.0.0.1 from which nobody accepts.
final class ListeningSocket: Sendable {
    let descriptor: Int32
    let port: Int

    init(backlog: Int32) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && listen(descriptor, backlog) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard isListening else { throw SystemFailure(code: errno) }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }

    /// Begins a connection and does not wait for it.
    func beginConnection() -> Int32 {
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        _ = fcntl(client, F_SETFL, O_NONBLOCK)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = connect(client, generic, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return client
    }
}

/// An endpoint whose queue is full: the kernel drops every further attempt, as a host that is gone would.
final class CrowdedEndpoint: Sendable {
    private let listener: ListeningSocket
    private let clients: [Int32]

    init() throws {
        let listener = try ListeningSocket(backlog: 0)
        self.listener = listener
        clients = (0..<4).map { _ in listener.beginConnection() }
    }

    deinit { for client in clients { close(client) } }

    var port: Int { listener.port }
}

/// A line on which every unit loses what comes within 25 ms of the last frame of any of them.
final class DeafLine: Sendable {
    /// Whether each request was heard, in order.
    let requests: AsyncStream<Bool>
    private let continuation: AsyncStream<Bool>.Continuation
    private let lastFrame = Mutex<Instant?>(nil)
    private let clock: any MonotonicClock

    init(clock: any MonotonicClock) {
        self.clock = clock
        (requests, continuation) = AsyncStream.makeStream()
    }

    /// Whether a request that comes now is heard; then its answer is the last frame.
    func hears() -> Bool {
        let isHeard = lastFrame.withLock { last in
            if let last, clock.now - last < .milliseconds(25) { return false }
            last = clock.now
            return true
        }
        continuation.yield(isHeard)
        return isHeard
    }
}

/// A level sensor on such a line.
struct DeafUnit: SlaveUnit {
    let line: DeafLine

    func read(_ table: RegisterTable, address: UInt16, count: UInt16) -> SlaveAnswer {
        line.hears() ? .values(Array([40, 0, 0].prefix(Int(count)))) : .silence
    }

    func write(_ table: RegisterTable, address: UInt16, values: [UInt16]) -> SlaveAnswer { .silence }
}
