import Glibc
import TestSupport
import Testing

@testable import SimulatedBus

/// What the simulated slaves make of bytes on the line, without libmodbus between.
@Suite(.timeLimit(.minutes(hangLimitMinutes)))
struct SerialSlaveTests {
    /// Read one holding register of unit 1 from address 2, and from address 3.
    static let goodRequest: [UInt8] = [0x01, 0x03, 0x00, 0x02, 0x00, 0x01, 0x25, 0xCA]
    static let goodAnswer: [UInt8] = [0x01, 0x03, 0x02, 0x12, 0x34, 0xB5, 0x33]
    static let brokenRequest: [UInt8] = [0x01, 0x03, 0x00, 0x03, 0x00, 0x01, 0x74, 0x0B]

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var noise: [UInt8]
    }

    static let rows = [
        Row(testDescription: "a request with a wrong check sum", noise: brokenRequest),
        Row(testDescription: "stray bytes", noise: [0x00, 0xFF, 0x00]),
        Row(testDescription: "a request that was cut off", noise: Array(goodRequest.prefix(5))),
    ]

    @Test(arguments: rows)
    func `noise is met with silence, and the next request with its answer`(row: Row) throws {
        let folder = try TemporaryFolder()
        let unit = RegisterUnit([.holdingRegisters: [2: 0x1234, 3: 0x5678]])
        let bus = try RTUSlaveBus(linkPath: "\(folder.path)/bus", units: [1: unit], logger: silentLogger)
        try bus.start()
        defer { bus.stop() }
        let line = try OpenTerminal("\(folder.path)/bus")
        line.write(row.noise)
        // An answer to the noise would come first.
        #expect(line.answer(to: Self.goodRequest, count: Self.goodAnswer.count) == Self.goodAnswer)
    }

    @Test(arguments: rows)
    func `after noise a frame is seen once the line has been silent`(row: Row) throws {
        var framing = RTUFraming()
        framing.take(row.noise)
        #expect(framing.nextRequest() == nil)
        framing.silenceSeen()
        #expect(!framing.isWaiting)
        framing.take(Self.goodRequest)
        let request = framing.nextRequest()
        #expect(request?.unit == 1)
        #expect(request?.pdu == [0x03, 0x00, 0x02, 0x00, 0x01])
        #expect(framing.nextRequest() == nil)
    }
}

/// The bus' terminal as a master without a library opens it.
final class OpenTerminal {
    private let descriptor: Int32
    /// A request that the slave took for the rest of the noise is sent again after this, as a master would.
    private static let timeoutMilliseconds: Int32 = 200

    init(_ path: String) throws {
        descriptor = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        try #require(descriptor >= 0, "\(path): \(String(cString: strerror(errno)))")
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) { _ = Glibc.write(descriptor, bytes, bytes.count) }

    /// The first `count` bytes that come; fewer if the line falls silent before.
    func answer(to request: [UInt8], count: Int) -> [UInt8] {
        var answer: [UInt8] = []
        for _ in 0..<20 where answer.isEmpty {
            write(request)
            while answer.count < count,
                !waitReadable([descriptor], timeoutMilliseconds: Self.timeoutMilliseconds).isEmpty,
                let bytes = readAvailable(descriptor)
            {
                answer += bytes
            }
        }
        return answer
    }
}
