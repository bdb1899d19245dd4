import ClusterAPI
import FoundationEssentials
import Logging
import ServiceLifecycle
import SparingLog
import Synchronization
import Vocabulary

/// Reports a ledger to the cluster until graceful shutdown, and never gives up.
///
/// The ledger is the outbox: nothing is queued here, so nothing can be lost or doubled here. Whatever fails, the next
/// attempt begins again at what the cluster is known to hold.
public final class UplinkService: Service {
    /// The wait after the first failure; it doubles with each one that follows, up to `backoffCap`.
    public static let firstBackoff = Duration.seconds(1)
    public static let backoffCap = Duration.seconds(300)
    /// A station that waits for approval asks at least this often.
    public static let approvalBackoffCap = Duration.seconds(60)
    /// However long the cluster asks to be left alone, the wait is at most this.
    public static let retryAfterLimitSeconds: Int64 = 3600
    /// Between two attempts while the cluster holds another history of this ledger.
    public static let forkPause = Duration.seconds(3600)
    /// After the first new entry, the entries of the next moment go into the same report.
    public static let coalescing = Duration.seconds(1)
    /// Entries covered by one report at most; fewer after one that was too much for the way or the cluster.
    public static let entryLimit = 10_000
    /// Gaps in a row before the cluster's answers are taken for a fault.
    public static let cutAgainLimit = 3

    let station: StationID
    let source: any ReportSource
    let keys: StationKeyring
    let transport: any ClusterTransport
    private let period: Duration
    let sleep: @Sendable (Duration) async throws -> Void
    private let now: @Sendable () -> Instant
    private let log: Mutex<SparingLogger>
    private let shown = Mutex(Shown())
    private let pulse = Pulse()

    private struct Shown {
        var state = UplinkState.connecting
        var exchangeHindrance: String?
    }

    /// - Parameters:
    ///   - clusterURL: `https://host:port`, or `http://` towards a proxy on the same machine.
    ///   - files: for TLS. A file that is missing makes the cluster unreachable, not the daemon fail.
    ///   - period: how often the ledger is looked at when it does not say itself that there is something new.
    ///   - now: the monotonic clock.
    ///
    /// Throws if the address is none, or if files are given for a connection without TLS.
    public convenience init(
        station: StationID, source: any ReportSource, clusterURL: String, files: UplinkTLSFiles, keys: StationKeyring,
        period: Duration, now: @escaping @Sendable () -> Instant, logger: Logger
    ) throws(UplinkSettingsError) {
        let cluster = try ClusterURL(clusterURL)
        guard cluster.isSecure || files == UplinkTLSFiles() else {
            throw UplinkSettingsError(
                message: "Certificates are given for \(clusterURL), which is not secured: use https or leave them out.")
        }
        self.init(
            station: station, source: source, transport: HTTPTransport(cluster: cluster, files: files),
            keys: keys, period: period, now: now, logger: logger, sleep: { try await Task.sleep(for: $0) })
    }

    package init(
        station: StationID, source: any ReportSource, transport: any ClusterTransport, keys: StationKeyring,
        period: Duration, now: @escaping @Sendable () -> Instant, logger: Logger,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.station = station
        self.source = source
        self.transport = transport
        self.keys = keys
        self.period = period
        self.now = now
        log = Mutex(SparingLogger(logger))
        self.sleep = sleep
    }

    public var snapshot: UplinkSnapshot {
        let shown = shown.withLock { $0 }
        let (current, next) = (keys.current, keys.next)
        return UplinkSnapshot(
            state: shown.state, fingerprint: current.fingerprint, publicKey: current.publicKey,
            nextFingerprint: next?.fingerprint, exchangeHindrance: next == nil ? nil : shown.exchangeHindrance)
    }

    /// Makes the next key, durably, and has the cluster exchange it as soon as it answers. An exchange that is under
    /// way already goes on.
    ///
    /// Throws a `StationKeyError` if the key belongs to somebody else, or the file cannot be made.
    public func exchangeKey() async throws {
        _ = try await onOwnThread { [keys] in try keys.prepareNext() }
        pulse.give()
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in self.source.newEntries() { self.pulse.give() } }
                // Ends with the cancellation of this task only, however the ledger's stream ends.
                try? await self.reportForEver()
                group.cancelAll()
            }
        }
        await transport.shutdown()
    }

    /// Throws only when it is cancelled.
    private func reportForEver() async throws {
        var generator = SystemRandomNumberGenerator()
        var machine = UplinkMachine(station: station)
        var event = UplinkMachine.Event.wokeUp
        while true {
            let step = machine.handle(event, using: &generator)
            if step.isWait { log.withLock { $0.tellLeftOut(at: now()) } }
            try Task.checkCancellation()
            show(machine)
            event = try await perform(step, pulse)
        }
    }

    func waitForNews(_ pulse: Pulse) async throws {
        let hasNews = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await pulse.wait()
                return true
            }
            group.addTask { [sleep, period] in
                try? await sleep(period)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
        try Task.checkCancellation()
        if hasNews { try await sleep(Self.coalescing) }
    }

    private func show(_ machine: UplinkMachine) {
        let next = machine.state
        let last = shown.withLock { shown in
            defer { shown = Shown(state: next, exchangeHindrance: machine.exchangeHindrance) }
            return shown.state
        }
        guard UplinkCondition(last) != UplinkCondition(next) else { return }
        switch next {
        case .connecting: break
        case .sending, .upToDate:
            log(.notice, "The cluster takes this station's reports.")
        case .waitingForApproval(let hindrance):
            log(
                .warning,
                """
                The cluster does not take reports of station \(station) yet: an operator has to approve the key \
                \(keys.current.fingerprint).\(hindrance.map { " \($0)" } ?? "")
                """)
        case .unreachable(let lastError):
            log(.warning, "Reporting failed and goes on later; nothing is lost meanwhile. \(lastError)")
        case .forked(let lastError):
            log(
                .error,
                """
                The cluster holds another history of this ledger, so nothing is counted until a person has looked. \
                \(lastError)
                """)
        }
    }

    func tellOfNewKey(_ fingerprint: String, former: String) {
        log(.notice, "The station's key is now \(fingerprint); the cluster has exchanged it for \(former).")
    }

    private func log(_ level: Logger.Level, _ message: String) {
        log.withLock { $0.log(level, about: "the cluster", message, at: now()) }
    }
}

extension UplinkMachine.Step {
    /// An attempt is over.
    fileprivate var isWait: Bool {
        switch self {
        case .wait, .waitForNews: true
        case .readKeys, .sendKeyExchange, .adoptNextKey, .readAcknowledgedSequence, .cutReport, .lookForEntry,
            .acknowledge, .sendReport, .sendEnrolment:
            false
        }
    }
}
