import CLinux
import Glibc

/// What the proxy does with its connections; a value that its thread owns. Each exchange has a connection of its own to
/// the cluster, so that what happens to one is felt by no other.
struct ProxyService {
    /// More stations at once are turned away.
    static let clientsLimit = 64

    private struct Client {
        enum Phase {
            /// For a request, or the rest of one.
            case listening
            /// For the cluster's answer.
            case awaiting
            case holding(until: Int64, then: Release)
        }
        enum Release {
            case answer([UInt8])
            case reset
        }
        var framing = HTTPFraming()
        var phase = Phase.listening
        /// Of the exchange that comes, or is under way.
        var fault: ProxyFault?
    }

    /// One request at the cluster.
    private struct Delivery {
        var framing = HTTPFraming()
        let exchange: Int
        /// Nil: nobody waits for the answer.
        var client: Int32?
    }

    private let listener: Int32
    private let clusterPort: Int
    private let tell: @Sendable (ProxyEvent) -> Void
    private var plan: ProxyPlan
    private var clients: [Int32: Client] = [:]
    private var deliveries: [Int32: Delivery] = [:]
    private var exchanges = 0

    init(
        listener: Int32, clusterPort: Int, plan: ProxyPlan, tell: @escaping @Sendable (ProxyEvent) -> Void
    ) {
        self.listener = listener
        self.clusterPort = clusterPort
        self.plan = plan
        self.tell = tell
    }

    /// - Parameter bell: readable when it is to return.
    mutating func serve(until bell: Int32) {
        defer { for descriptor in [Int32](clients.keys) + deliveries.keys { close(descriptor) } }
        while true {
            let readable = waitReadable([bell, listener] + listened + deliveries.keys, until: nextRelease)
            if readable.contains(bell) { return }
            for cluster in deliveries.keys where readable.contains(cluster) { takeAnswer(from: cluster) }
            for client in clients.keys where readable.contains(client) { takeBytes(of: client) }
            release(at: linux_monotonic_nanoseconds())
            if readable.contains(listener) { accept() }
        }
    }

    // MARK: The station's side

    /// Whoever is being held is not listened to, or its bytes would wake this thread without end.
    private var listened: [Int32] {
        clients.compactMap { descriptor, client in
            switch client.phase {
            case .listening, .awaiting: descriptor
            case .holding: nil
            }
        }
    }

    private mutating func accept() {
        guard let client = acceptClient(listener) else { return }
        guard clients.count < Self.clientsLimit else { return resetTCP(client) }
        clients[client] = Client(fault: plan.next())
        if clients[client]?.fault == .refuse { refuse(client) }
    }

    private mutating func refuse(_ client: Int32) {
        tell(.refuse, in: exchanges)
        resetTCP(client)
        clients[client] = nil
    }

    private mutating func takeBytes(of client: Int32) {
        // On a connection that was kept from the exchange before.
        if clients[client]?.fault == .refuse { return refuse(client) }
        guard let bytes = readAvailable(client) else { return drop(client) }
        clients[client]?.framing.take(bytes)
        proceed(with: client)
        if clients[client]?.framing.isBroken == true { drop(client) }
    }

    /// Takes the next request, if it is whole and the one before is answered.
    private mutating func proceed(with client: Int32) {
        guard case .listening? = clients[client]?.phase, let request = clients[client]?.framing.nextMessage() else {
            return
        }
        exchanges += 1
        tell(ProxyEvent(exchange: exchanges, kind: .requested))
        switch clients[client]?.fault {
        case nil, .dropAnswer?, .cutAnswer?, .delayAnswer?:
            deliver(request, for: client)
        case .duplicateRequest?:
            tell(.duplicateRequest, in: exchanges)
            deliver(request, for: nil)
            deliver(request, for: client)
        // A refusal has come before the request.
        case .dropRequest?, .refuse?:
            tell(.dropRequest, in: exchanges)
            drop(client)
        case .halfOpen(let duration)?:
            tell(.halfOpen, in: exchanges)
            hold(client, for: duration, then: .reset)
        }
    }

    private mutating func hold(_ client: Int32, for duration: Duration, then release: Client.Release) {
        let due = linux_monotonic_nanoseconds() + duration.wholeNanoseconds
        clients[client]?.phase = .holding(until: due, then: release)
    }

    private mutating func drop(_ client: Int32) {
        close(client)
        clients[client] = nil
        for cluster in deliveries.keys where deliveries[cluster]?.client == client { deliveries[cluster]?.client = nil }
    }

    private mutating func send(_ answer: [UInt8], to client: Int32) {
        guard sendAll(answer, to: client) else { return drop(client) }
        clients[client]?.phase = .listening
        clients[client]?.fault = plan.next()
        proceed(with: client)
    }

    // MARK: The cluster's side

    private mutating func deliver(_ request: [UInt8], for client: Int32?) {
        guard let cluster = connectTCP("127.0.0.1", clusterPort) else { return lose(exchanges, for: client) }
        guard sendAll(request, to: cluster) else {
            close(cluster)
            return lose(exchanges, for: client)
        }
        tell(ProxyEvent(exchange: exchanges, kind: .forwarded))
        deliveries[cluster] = Delivery(exchange: exchanges, client: client)
        if let client { clients[client]?.phase = .awaiting }
    }

    private mutating func lose(_ exchange: Int, for client: Int32?) {
        tell(ProxyEvent(exchange: exchange, kind: .lost))
        if let client { drop(client) }
    }

    private mutating func takeAnswer(from cluster: Int32) {
        let bytes = readAvailable(cluster)
        deliveries[cluster]?.framing.take(bytes ?? [])
        let answer = deliveries[cluster]?.framing.nextMessage()
        guard answer != nil || bytes == nil || deliveries[cluster]?.framing.isBroken == true else { return }
        guard let delivery = deliveries.removeValue(forKey: cluster) else { return }
        close(cluster)
        guard let answer else { return lose(delivery.exchange, for: delivery.client) }
        tell(ProxyEvent(exchange: delivery.exchange, kind: .answered))
        if let client = delivery.client { pass(answer, to: client, in: delivery.exchange) }
    }

    private mutating func pass(_ answer: [UInt8], to client: Int32, in exchange: Int) {
        switch clients[client]?.fault {
        case .dropAnswer?:
            tell(.dropAnswer, in: exchange)
            drop(client)
        case .cutAnswer(let permille)?:
            tell(.cutAnswer, in: exchange)
            _ = sendAll(Array(answer.prefix(answer.count * permille / 1000)), to: client)
            drop(client)
        case .delayAnswer(let duration)?:
            tell(.delayAnswer, in: exchange)
            hold(client, for: duration, then: .answer(answer))
        // Requests with the other faults have come to their end, or go well from here on.
        case nil, .duplicateRequest?, .refuse?, .dropRequest?, .halfOpen?:
            send(answer, to: client)
        }
    }

    // MARK: Time

    private var nextRelease: Int64? {
        clients.values.compactMap { client in
            switch client.phase {
            case .holding(let until, then: _): until
            case .listening, .awaiting: nil
            }
        }.min()
    }

    private mutating func release(at now: Int64) {
        for (descriptor, client) in clients {
            guard case .holding(let until, let release) = client.phase, until <= now else { continue }
            switch release {
            case .answer(let answer): send(answer, to: descriptor)
            case .reset:
                resetTCP(descriptor)
                clients[descriptor] = nil
            }
        }
    }

    private func tell(_ fault: ProxyFault.Kind, in exchange: Int) {
        tell(ProxyEvent(exchange: exchange, kind: .fault(fault)))
    }
}
