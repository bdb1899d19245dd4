import CLinux
import Glibc

/// What the units on a serial line do with its bytes; a value that its thread owns.
struct RTUService {
    private let terminal: PseudoTerminal
    private let units: [UInt8: any SlaveUnit]
    private let line: RTUSlaveBus.Line
    private let recorder: SilenceRecorder
    private var wire: SerialWire
    private var framing = RTUFraming()
    private var lastAnswer: [UInt8] = []
    /// When a request that is not complete was cut off.
    private var silenceAt: Int64?
    /// Until when the next request is awaited without sleeping.
    private var watchUntil = Int64.min

    /// The last of a wait is spent without sleeping: a thread is woken some ten microseconds late.
    private static let awakeNanoseconds: Int64 = 150_000
    /// A master that does not come for so many intervals is not being measured.
    private static let watchedIntervals = 4

    init(
        _ terminal: PseudoTerminal, _ units: [UInt8: any SlaveUnit], _ line: RTUSlaveBus.Line,
        _ recorder: SilenceRecorder
    ) {
        self.terminal = terminal
        self.units = units
        self.line = line
        self.recorder = recorder
        wire = SerialWire(pace: line.pace)
    }

    mutating func serve(until bell: Int32) {
        if line.pace != nil { linux_sharpen_timers() }
        while true {
            let readable = wait(bell)
            if readable.contains(bell) { return }
            let now = linux_monotonic_nanoseconds()
            if readable.contains(terminal.openings) { portOpened(at: now) }
            if readable.contains(terminal.master) { receive(at: now) }
            if let silenceAt, silenceAt <= now { lineFellSilent(at: now) }
            deliver(at: now)
        }
    }

    private mutating func receive(at now: Int64) {
        guard let bytes = readAvailable(terminal.master), !bytes.isEmpty else { return }
        let end = wire.received(bytes.count, startsFrame: !framing.isWaiting, at: now)
        framing.take(bytes)
        while let (unit, pdu) = framing.nextRequest() { answer(unit, pdu, from: end) }
        silenceAt = framing.isWaiting ? end + Int64(RTUFraming.silenceMilliseconds) * 1_000_000 : nil
        recorder.current = wire.record
    }

    private mutating func lineFellSilent(at now: Int64) {
        silenceAt = nil
        if let (unit, pdu) = framing.requestAtSilence() { answer(unit, pdu, from: now) }
    }

    private mutating func answer(_ unit: UInt8, _ pdu: [UInt8], from requestEnd: Int64) {
        let request = SlaveRequest(pdu)
        guard unit != 0 else { return request.broadcast(to: units.values) }
        guard let slave = units[unit], case .answer(let pdu, let faults) = request.reply(of: slave) else { return }
        let answer = OutgoingAnswer(unit: unit, pdu: pdu, faults: faults)
        let frame = RTUFraming.frame(unit: answer.unit, pdu: answer.pdu, isChecksumRight: answer.isChecksumRight)
        wire.send(
            answer.bytes(frame, previous: lastAnswer), from: requestEnd + turnaround + answer.delay.wholeNanoseconds)
        lastAnswer = frame
    }

    private var turnaround: Int64 {
        switch line.turnaround {
        case .atOnce: 0
        case .afterInterval: line.pace?.interval.wholeNanoseconds ?? 0
        }
    }

    private mutating func portOpened(at now: Int64) {
        _ = readAvailable(terminal.openings)
        wire.send(line.strayBytesAtOpen, from: now)
    }

    private mutating func deliver(at now: Int64) {
        let arrived = wire.takeArrived(at: now)
        guard !arrived.isEmpty else { return }
        // Taken before they are sent: a thread that is put aside in between must not make its master look hasty.
        let now = linux_monotonic_nanoseconds()
        terminal.send(arrived)
        wire.delivered(at: now)
        if let pace = line.pace { watchUntil = now + Int64(Self.watchedIntervals) * pace.interval.wholeNanoseconds }
    }

    /// Waits for bytes, the bell, or the next thing to do.
    private func wait(_ bell: Int32) -> Set<Int32> {
        let descriptors = [terminal.master, bell, terminal.openings]
        let due = [wire.nextDue, silenceAt].compactMap { $0 }.min()
        guard line.pace != nil else { return waitReadable(descriptors, until: due) }
        if let due {
            let readable = waitReadable(descriptors, until: due - Self.awakeNanoseconds)
            return readable.isEmpty ? watch(descriptors, until: due) : readable
        }
        let readable = watch(descriptors, until: watchUntil)
        return readable.isEmpty ? waitReadable(descriptors, until: nil) : readable
    }

    private func watch(_ descriptors: [Int32], until end: Int64) -> Set<Int32> {
        var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while linux_monotonic_nanoseconds() < end {
            guard linux_poll(&polled, UInt(polled.count), 0) > 0 else { continue }
            return Set(polled.lazy.filter { $0.revents != 0 }.map(\.fd))
        }
        return []
    }
}
