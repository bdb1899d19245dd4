import Glibc
import TestSupport
import Testing

@testable import SimulatedBus

/// A master's descriptor without a library between.
class RawMaster {
    let descriptor: Int32
    /// Longer than anything that a test makes a slave wait.
    static let patienceMilliseconds: Int32 = 20_000

    init(_ descriptor: Int32, _ place: String) throws {
        self.descriptor = descriptor
        try #require(descriptor >= 0, "\(place): \(String(cString: strerror(errno)))")
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) { _ = Glibc.write(descriptor, bytes, bytes.count) }

    /// The next `count` bytes, as soon as there are so many.
    func read(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count,
            !waitReadable([descriptor], timeoutMilliseconds: Self.patienceMilliseconds).isEmpty
        {
            var some = [UInt8](repeating: 0, count: count - bytes.count)
            let got = Glibc.read(descriptor, &some, some.count)
            guard got > 0 else { break }
            bytes += some[0..<got]
        }
        return bytes
    }
}

/// The terminal of a serial bus as a master opens it.
final class RawPort: RawMaster {
    init(_ path: String) throws {
        try super.init(open(path, O_RDWR | O_NOCTTY | O_CLOEXEC), path)
    }
}

/// A connection to a TCP bus.
final class RawConnection: RawMaster {
    init(port: Int) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try super.init(result == 0 ? descriptor : -1, "127.0.0.1:\(port)")
    }
}

extension RegisterBank {
    /// Ten registers from 0 in both tables, and 16 bits in both, each with values of its own.
    static func small() -> RegisterBank {
        RegisterBank([
            .coils: .init((0..<16).map { $0 % 3 == 0 ? 1 : 0 }), .discreteInputs: .init((0..<16).map { $0 % 2 }),
            .holdingRegisters: .init((0..<10).map { 0x1000 + $0 }),
            .inputRegisters: .init((0..<10).map { 0x2000 + $0 }),
        ])
    }
}
