/// What is on a serial line, as a value: which bytes have come to their end when, and how long it was silent. Times are
/// nanoseconds on the monotonic clock. Without a pace everything takes no time, as on a bare pseudo-terminal.
struct SerialWire {
    let pace: SerialPace?
    private(set) var record = SilenceRecord()
    /// When the last byte of the master's has reached the slaves.
    private var requestEnd = Int64.min
    /// When the last byte of the slaves' will have reached the master.
    private var answerEnd = Int64.min
    /// The end of the last byte, whoever sent it.
    private var lastEnd: Int64?
    private var firstRequest: Int64?
    private var outgoing: [Byte] = []
    private var nextOutgoing = 0

    private struct Byte {
        var due: Int64
        var value: UInt8
        var endsAnswer: Bool
    }

    init(pace: SerialPace?) {
        self.pace = pace
    }

    /// The master has begun to send bytes.
    /// - Returns: when the last of them will have arrived.
    mutating func received(_ count: Int, startsFrame: Bool, at now: Int64) -> Int64 {
        if startsFrame, let pace, let lastEnd {
            // A request into an answer that is still on the line has no silence before it at all.
            let silence = nextDue == nil ? max(0, now - lastEnd) : 0
            let first = firstRequest ?? now
            record.note(.nanoseconds(silence), interval: pace.interval, span: .nanoseconds(now - first))
        }
        if startsFrame, firstRequest == nil { firstRequest = now }
        requestEnd = max(requestEnd, now) + length(count)
        lastEnd = requestEnd
        return requestEnd
    }

    /// Puts an answer on the line, behind what is there.
    /// - Parameter start: when its unit begins to send.
    mutating func send(_ bytes: [UInt8], from start: Int64) {
        let start = max(start, answerEnd)
        for (index, byte) in bytes.enumerated() {
            let due = start + length(index + 1)
            let place = outgoing.lastIndex { $0.due <= due }.map { $0 + 1 } ?? nextOutgoing
            outgoing.insert(
                Byte(due: due, value: byte, endsAnswer: index == bytes.count - 1), at: max(place, nextOutgoing))
        }
        if pace != nil { answerEnd = start + length(bytes.count) }
    }

    /// When the next byte reaches the master; nil if none is on the line.
    var nextDue: Int64? { nextOutgoing < outgoing.count ? outgoing[nextOutgoing].due : nil }

    /// The bytes that have reached the master by now, which are off the line then.
    mutating func takeArrived(at now: Int64) -> [UInt8] {
        var arrived: [UInt8] = []
        while nextOutgoing < outgoing.count, outgoing[nextOutgoing].due <= now {
            arrived.append(outgoing[nextOutgoing].value)
            if outgoing[nextOutgoing].endsAnswer { record.ownDelay += .nanoseconds(now - outgoing[nextOutgoing].due) }
            nextOutgoing += 1
        }
        if nextOutgoing == outgoing.count {
            outgoing.removeAll(keepingCapacity: true)
            nextOutgoing = 0
        }
        return arrived
    }

    /// The master has them: from here on it can count its silence.
    mutating func delivered(at now: Int64) {
        lastEnd = max(lastEnd ?? now, now)
    }

    private func length(_ characters: Int) -> Int64 { pace?.duration(characters: characters).wholeNanoseconds ?? 0 }
}
