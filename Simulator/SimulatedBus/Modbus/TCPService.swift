import CLinux
import Glibc

/// What a TCP endpoint does with its clients; a value that its thread owns.
struct TCPService {
    /// More clients at once are turned away.
    static let clientsLimit = 16

    private struct Client {
        var framing = TCPFraming()
        var lastAnswer: [UInt8] = []
        /// Nothing comes back any more, and the connection stays open.
        var isForgotten: Bool
    }

    /// An answer that its unit takes long for.
    private struct LateAnswer {
        var due: Int64
        var client: Int32
        var bytes: [UInt8]
    }

    private let listener: Int32
    private let units: [UInt8: any SlaveUnit]
    private let isHalfOpen: Bool
    private var clients: [Int32: Client] = [:]
    private var lateAnswers: [LateAnswer] = []

    init(listener: Int32, units: [UInt8: any SlaveUnit], isHalfOpen: Bool) {
        self.listener = listener
        self.units = units
        self.isHalfOpen = isHalfOpen
    }

    /// - Parameters:
    ///   - bell: readable when it is to return.
    ///   - forget: takes whether the clients of now are to be forgotten.
    mutating func serve(until bell: Int32, forget: () -> Bool) {
        defer { for client in clients.keys { close(client) } }
        while true {
            let readable = waitReadable([bell, listener] + clients.keys, until: lateAnswers.map(\.due).min())
            if readable.contains(bell) { return }
            if forget() { for client in clients.keys { clients[client]?.isForgotten = true } }
            if readable.contains(listener) { accept() }
            for client in clients.keys where readable.contains(client) {
                if !serve(client) { drop(client) }
            }
            sendLateAnswers()
        }
    }

    private mutating func accept() {
        guard let client = acceptClient(listener) else { return }
        guard clients.count < Self.clientsLimit else {
            close(client)
            return
        }
        var yes: Int32 = 1
        setsockopt(client, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        clients[client] = Client(isForgotten: isHalfOpen)
    }

    private mutating func drop(_ client: Int32) {
        close(client)
        clients[client] = nil
        lateAnswers.removeAll { $0.client == client }
    }

    /// - Returns: false if the client is to be closed.
    private mutating func serve(_ client: Int32) -> Bool {
        guard let bytes = readAvailable(client) else { return false }
        guard clients[client]?.isForgotten == false else { return true }
        clients[client]?.framing.take(bytes)
        while let request = clients[client]?.framing.nextRequest() {
            guard let unit = units[request.unit] else { continue }
            switch SlaveRequest(request.pdu).reply(of: unit) {
            case .silence: continue
            case .answer(let pdu, let faults):
                guard send(OutgoingAnswer(unit: request.unit, pdu: pdu, faults: faults), to: request, of: client)
                else { return false }
            }
        }
        return clients[client]?.framing.isBroken == false
    }

    /// - Returns: false if the client does not take it.
    private mutating func send(_ answer: OutgoingAnswer, to request: TCPFraming.Request, of client: Int32) -> Bool {
        guard answer.isChecksumRight else { return true }
        let frame = request.frame(answer)
        let bytes = answer.bytes(frame, previous: clients[client]?.lastAnswer ?? [])
        clients[client]?.lastAnswer = frame
        guard answer.delay > .zero else { return sendAll(bytes, to: client) }
        let due = linux_monotonic_nanoseconds() + answer.delay.wholeNanoseconds
        lateAnswers.append(LateAnswer(due: due, client: client, bytes: bytes))
        return true
    }

    private mutating func sendLateAnswers() {
        guard !lateAnswers.isEmpty else { return }
        let now = linux_monotonic_nanoseconds()
        for answer in lateAnswers where answer.due <= now && !sendAll(answer.bytes, to: answer.client) {
            drop(answer.client)
        }
        lateAnswers.removeAll { $0.due <= now }
    }
}
