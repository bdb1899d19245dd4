import Modbus
import StationConfig
import StationPorts
import Vocabulary

/// One bus in the hand of a person: requests one by one, with the daemon's own pacing on the line and bounded retries.
/// Blocking; used by one thread.
public final class BusConsole {
    /// How often a request without a result is repeated.
    public struct Patience: Hashable, Sendable {
        public var afterSilence: Int
        public var afterBadFrame: Int
        /// Nil: the bus's own.
        public var responseTimeout: Duration?

        public init(afterSilence: Int, afterBadFrame: Int, responseTimeout: Duration? = nil) {
            self.afterSilence = afterSilence
            self.afterBadFrame = afterBadFrame
            self.responseTimeout = responseTimeout
        }

        /// For a unit that should be there.
        public static let usual = Patience(afterSilence: 1, afterBadFrame: BusScheduler.badFrameRetriesLimit)
        /// For a look whether there is one.
        public static let none = Patience(afterSilence: 0, afterBadFrame: 0)
    }

    private enum LastExchange {
        case none
        case good(unit: UInt8)
        case silent(unit: UInt8)
        case bad
    }

    public let settings: BusSettings
    /// Units after whose answer more bytes came that nobody had asked for.
    public private(set) var surplusUnits: Set<UInt8> = []
    /// Units that answered after the time that an answer may take.
    public private(set) var lateUnits: Set<UInt8> = []

    private let link: any IdentifyingLink
    private let timing: BusTiming
    private let clock: any MonotonicClock
    private let rest: (Instant) -> Void
    private var isOpen = false
    /// The line must stay silent until then.
    private var readyAt = Instant.zero
    private var last = LastExchange.none

    public convenience init(_ settings: BusSettings) {
        let clock = KernelClock()
        self.init(settings, LibmodbusLink(settings), clock: clock, rest: { keepSilent(until: $0, by: clock) })
    }

    /// - Parameter rest: returns when the clock shows that time.
    init(
        _ settings: BusSettings, _ link: any IdentifyingLink, clock: any MonotonicClock,
        rest: @escaping (Instant) -> Void
    ) {
        self.settings = settings
        self.link = link
        self.clock = clock
        self.rest = rest
        timing = BusTiming(settings)
    }

    public var now: Instant { clock.now }

    /// A serial line rather than a connection.
    public var isSerial: Bool { !timing.isStream }

    /// Opens the port or the connection; does nothing if it is open.
    /// - Throws: `busy` while another program holds the serial port.
    public func open() throws(PortError) {
        guard !isOpen else { return }
        try link.connect()
        isOpen = true
        last = .none
        readyAt = clock.now + timing.badFrameSilence
    }

    public func close() {
        link.close()
        isOpen = false
    }

    /// Returns when the clock shows that time.
    public func wait(until end: Instant) { rest(end) }

    /// Makes an exchange, opening the bus if it is not open.
    /// - Throws: what the last of the attempts met.
    public func ask(
        _ request: ModbusRequest, unit: UInt8, patience: Patience = .usual
    ) throws(ExchangeFailure) -> ModbusAnswer {
        let timing = timing.exchange(pduByteCount: request.pduByteCount, responseTimeout: patience.responseTimeout)
        var (silences, badFrames, refusals) = (0, 0, 0)
        while true {
            do {
                return try once(unit) { link throws(ExchangeFailure) in
                    try link.exchange(request, unit: unit, within: timing)
                }
            } catch {
                switch error {
                case .timeout:
                    silences += 1
                    guard silences <= patience.afterSilence else { throw error }
                case .badFrame:
                    badFrames += 1
                    guard badFrames <= patience.afterBadFrame else { throw error }
                case .exception(let code):
                    refusals += 1
                    guard let retry = ExceptionRetry(code: code), refusals <= retry.limit else { throw error }
                    rest(clock.now + retry.pause)
                case .disconnected:
                    throw error
                }
            }
        }
    }

    /// What the unit says of itself; nil if it does not.
    public func identity(unit: UInt8) throws(ExchangeFailure) -> ServerIdentity? {
        let timing = timing.exchange(pduByteCount: 1, responseTimeout: nil)
        do {
            let answer = try once(unit) { link throws(ExchangeFailure) in
                try link.reportServerID(unit: unit, within: timing)
            }
            return try? ServerIdentity(answer: answer)
        } catch {
            guard case .disconnected = error else { return nil }
            throw error
        }
    }

    /// Listens for more after a unit's answer. Of two devices with one unit id the slower one may answer after the
    /// faster one, where it disturbs nothing but the next exchange.
    /// - Returns: whether more came; on a connection never.
    public func hearsMore(after unit: UInt8) -> Bool {
        guard isSerial, isOpen else { return false }
        rest(clock.now + settings.responseTimeout)
        settle()
        return surplusUnits.contains(unit)
    }
}

extension BusConsole {
    private func once<Answer>(
        _ unit: UInt8, _ exchange: (any IdentifyingLink) throws(ExchangeFailure) -> Answer
    ) throws(ExchangeFailure) -> Answer {
        do {
            try open()
        } catch {
            throw .disconnected(error)
        }
        settle()
        do {
            let answer = try exchange(link)
            last = .good(unit: unit)
            readyAt = clock.now + timing.gap
            return answer
        } catch {
            ended(unit, error)
            throw error
        }
    }

    private func ended(_ unit: UInt8, _ failure: ExchangeFailure) {
        switch failure {
        case .exception: last = .good(unit: unit)
        case .timeout: last = .silent(unit: unit)
        case .badFrame: last = .bad
        case .disconnected: close()
        }
        switch failure {
        case .exception, .timeout, .disconnected: readyAt = clock.now + timing.gap
        case .badFrame:
            readyAt = clock.now + timing.badFrameSilence
            // Nobody knows where in a stream the next frame begins.
            if timing.isStream { close() }
        }
    }

    /// Waits until the line may be used, and sorts what lies on it unasked.
    private func settle() {
        rest(readyAt)
        for _ in 0..<BusScheduler.strayInputLimit where link.hasStrayInput {
            link.flush()
            switch last {
            case .good(let unit): surplusUnits.insert(unit)
            case .silent(let unit): lateUnits.insert(unit)
            case .bad, .none: break
            }
            rest(clock.now + timing.badFrameSilence)
        }
    }
}
