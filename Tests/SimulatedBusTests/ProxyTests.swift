import CLinux
import Glibc
import TestSupport
import Testing

@testable import SimulatedBus

/// What the station sends and gets, and what the cluster does, byte by byte.
@Suite(.timeLimit(.minutes(hangLimitMinutes)))
struct ProxyTests {
    static let request = Array("POST /v1/reports HTTP/1.1\r\nhost: cluster\r\ncontent-length: 4\r\n\r\nabcd".utf8)
    static let other = Array("POST /v1/reports HTTP/1.1\r\nhost: cluster\r\ncontent-length: 2\r\n\r\nxy".utf8)
    static let answer = Array("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nheld\n".utf8)

    /// A proxy with these faults, a cluster behind it and a station before it.
    struct Network {
        let cluster: RawServer
        let proxy: FaultyProxy

        init(_ faults: ProxyFault?...) throws {
            cluster = try RawServer()
            proxy = try FaultyProxy(
                port: 0, clusterPort: cluster.port, plan: ProxyPlan(listed: faults), logger: silentLogger)
            proxy.start()
        }

        func station() throws -> RawConnection { try RawConnection(port: proxy.port) }

        /// The cluster's part in an exchange.
        func serve(_ request: [UInt8]) throws {
            let delivery = try cluster.accept()
            #expect(delivery.read(request.count) == request)
            delivery.write(answer)
        }

        func times(_ kind: ProxyFault.Kind) -> Int { proxy.count[.fault(kind), default: 0] }
    }

    @Test func `without a fault every byte passes, and the connection serves the next exchange`() throws {
        let network = try Network(nil, nil)
        let station = try network.station()
        for request in [Self.request, Self.other] {
            station.write(request)
            try network.serve(request)
            #expect(station.read(Self.answer.count) == Self.answer)
        }
        #expect(network.proxy.count == [.requested: 2, .forwarded: 2, .answered: 2])
    }

    @Test func `a refused connection is reset, and the cluster hears nothing`() throws {
        let network = try Network(.refuse)
        let station = try network.station()
        #expect(station.readToEnd() == [])
        #expect(!network.cluster.isCalled)
        #expect(network.proxy.count == [.fault(.refuse): 1])
    }

    @Test func `on a kept connection the next request is refused before it is read`() throws {
        let network = try Network(nil, .refuse)
        let station = try network.station()
        station.write(Self.request)
        try network.serve(Self.request)
        #expect(station.read(Self.answer.count) == Self.answer)
        station.write(Self.other)
        #expect(station.readToEnd() == [])
        #expect(!network.cluster.isCalled)
        #expect(network.times(.refuse) == 1)
    }

    @Test func `a dropped request is read and goes nowhere`() throws {
        let network = try Network(.dropRequest)
        let station = try network.station()
        station.write(Self.request)
        #expect(station.readToEnd() == [])
        #expect(!network.cluster.isCalled)
        #expect(network.proxy.count == [.requested: 1, .fault(.dropRequest): 1])
    }

    @Test func `of an answer that is dropped the cluster knows nothing`() throws {
        let network = try Network(.dropAnswer)
        let station = try network.station()
        station.write(Self.request)
        try network.serve(Self.request)
        #expect(station.readToEnd() == [])
        #expect(network.times(.dropAnswer) == 1)
    }

    @Test func `a duplicated request comes to the cluster twice, and one answer comes back`() throws {
        let network = try Network(.duplicateRequest, nil)
        let station = try network.station()
        station.write(Self.request)
        try network.serve(Self.request)
        try network.serve(Self.request)
        #expect(station.read(Self.answer.count) == Self.answer)
        station.write(Self.other)
        try network.serve(Self.other)
        #expect(station.read(Self.answer.count) == Self.answer)
        #expect(network.times(.duplicateRequest) == 1)
        #expect(network.proxy.count[.forwarded] == 3)
    }

    @Test func `of a cut answer the first part comes, and then the end`() throws {
        let network = try Network(.cutAnswer(permille: 500))
        let station = try network.station()
        station.write(Self.request)
        try network.serve(Self.request)
        #expect(station.readToEnd() == Array("HTTP/1.1 200 OK\r\ncont".utf8))
        #expect(network.times(.cutAnswer) == 1)
    }

    @Test func `a delayed answer comes whole, and not before its time`() throws {
        let network = try Network(.delayAnswer(.milliseconds(200)))
        let station = try network.station()
        station.write(Self.request)
        let asked = linux_monotonic_nanoseconds()
        try network.serve(Self.request)
        #expect(station.read(Self.answer.count) == Self.answer)
        #expect(linux_monotonic_nanoseconds() - asked >= 200_000_000)
        #expect(network.times(.delayAnswer) == 1)
    }

    @Test func `a half-open connection takes the request, says nothing for its time and is then reset`() throws {
        let network = try Network(.halfOpen(.milliseconds(200)), nil)
        let station = try network.station()
        let asked = linux_monotonic_nanoseconds()
        station.write(Self.request)
        // Others are served meanwhile.
        let neighbour = try network.station()
        neighbour.write(Self.other)
        try network.serve(Self.other)
        #expect(neighbour.read(Self.answer.count) == Self.answer)
        #expect(station.readToEnd() == [])
        #expect(linux_monotonic_nanoseconds() - asked >= 200_000_000)
        #expect(!network.cluster.isCalled)
        #expect(network.times(.halfOpen) == 1)
    }

    @Test func `a cluster that dies before its answer is whole ends the station's connection`() throws {
        let network = try Network(nil)
        let station = try network.station()
        station.write(Self.request)
        do {
            let delivery = try network.cluster.accept()
            #expect(delivery.read(Self.request.count) == Self.request)
            delivery.write(Array(Self.answer.prefix(20)))
        }
        #expect(station.readToEnd() == [])
        #expect(network.proxy.count == [.requested: 1, .forwarded: 1, .lost: 1])
    }

    @Test func `what happens is written as one line each`() {
        let lines = ProxyEvent.Kind.all.map { ProxyEvent(exchange: 7, kind: $0).jsonLine(atNanoseconds: 81) }
        let names = [
            "requested", "forwarded", "answered", "lost", "refuse", "dropRequest", "dropAnswer", "duplicateRequest",
            "cutAnswer", "delayAnswer", "halfOpen",
        ]
        #expect(lines == names.map { #"{"event":"\#($0)","exchange":7,"monotonicNanoseconds":81}"# })
    }

    @Test func `one seed draws one sequence, with every kind in it`() {
        func drawn(_ seed: UInt64, _ permille: Int) -> [ProxyFault?] {
            var plan = ProxyPlan(faultsPermille: permille, random: SplitMix(seed: seed))
            return (0..<400).map { _ in plan.next() }
        }
        let faults = drawn(1, 500)
        #expect(faults == drawn(1, 500))
        #expect(faults != drawn(2, 500))
        #expect(Set(faults.compactMap { $0?.kind }) == Set(ProxyFault.Kind.allCases))
        #expect((150...250).contains(faults.count { $0 == nil }))
        #expect(drawn(1, 0).allSatisfy { $0 == nil })
        #expect(drawn(1, 1000).allSatisfy { $0 != nil })
    }
}

struct HTTPFramingTests {
    @Test func `messages are cut out wherever the bytes of the stream are split`() {
        let bytes = ProxyTests.request + Array("GET /healthz HTTP/1.1\r\n\r\n".utf8) + ProxyTests.answer
        var framing = HTTPFraming()
        var messages: [[UInt8]] = []
        for byte in bytes {
            framing.take([byte])
            while let message = framing.nextMessage() { messages.append(message) }
        }
        #expect(messages == [ProxyTests.request, Array("GET /healthz HTTP/1.1\r\n\r\n".utf8), ProxyTests.answer])
        framing = HTTPFraming()
        framing.take(bytes)
        #expect((0..<3).map { _ in framing.nextMessage() } == messages)
        #expect(framing.nextMessage() == nil)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno field\r\n\r\n",
    ]) func `what cannot be cut is said to be broken`(text: String) {
        var framing = HTTPFraming()
        framing.take(Array(text.utf8))
        #expect(framing.nextMessage() == nil)
        #expect(framing.isBroken)
    }
}
