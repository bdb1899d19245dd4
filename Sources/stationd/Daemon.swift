import Glibc
import Hardware
import Ledger
import Logging
import NIOCore
import OperatorServer
import ServiceLifecycle
import Station
import StationPorts
import StationRuntime
import Systemd
import UnixSignals
import Uplink
import Vocabulary

/// The wiring: everything is made here, started in order, and stopped in the reverse order.
struct Daemon {
    let files: StationFiles
    let gate: LevelGate
    let hangups: UnixSignalsSequence
    let logger: Logger

    func run() async throws {
        // The network side is small: one event loop thread for the uplink and the operator's socket.
        NIOSingletons.groupLoopCountSuggestion = 1
        let clock = SystemClock()
        let startedAt = clock.now
        let settings = files.settings
        let mailbox = Mailbox()
        let ledger = try openLedger(mailbox, clock)
        let uplink = try makeUplink(LedgerOutbox(writer: ledger, reader: ledger.reader), clock)
        let buses = FieldBuses(
            settings: settings.hardware, bins: settings.intake.bins,
            conveyorSpeedCentihertz: settings.conveyorSpeedCentihertz, sink: mailbox, clock: clock, logger: logger)
        let classifier = ReplaceableClassifier(files.classifier, logger: logger)
        let board = SnapshotBoard()
        let notifier = SystemdNotifier()
        let loop = ControlLoop(
            ControlLoop.Parts(
                settings: settings.intake, leftover: ledger.mayHaveLeftItem ? .possible : .none,
                knownReadings: knownReadings(ledger.reader, settings.intake, logger),
                makeLines: { [logger] in
                    let lines = settings.hardware.lines
                    return RoutedLines(makeLines(lines, clock: clock, logger: logger), lines, buses: buses)
                },
                devices: buses, ledger: ledger, classifier: classifier, supervisor: notifier, clock: clock,
                mailbox: mailbox, board: board, logger: logger))
        let backend = StationBackend(
            settings: settings, board: board, reader: ledger.reader, ledger: ledger,
            classifier: { classifier.current }, uplink: uplink, mailbox: mailbox, startedAt: startedAt,
            pointReadings: { buses.readings }, logger: logger)
        // The first is started first and stopped last: the control loop drains while the rest still serves it.
        var services: [any Service] = []
        if let uplink { services.append(uplink) }
        services += [
            OperatorServerService(
                backend: backend, socketPath: settings.operatorSocket, now: { clock.now }, logger: logger),
            ReloadService(
                hangups: hangups, path: files.path, mailbox: mailbox, classifier: classifier, gate: gate,
                notifier: notifier,
                logger: logger, started: settings),
            ControlService(loop: loop, mailbox: mailbox, notifier: notifier),
        ]
        buses.start()
        defer {
            buses.stop()
            ledger.stop()
        }
        try await run(services)
    }

    private func run(_ services: [any Service]) async throws {
        // Below warning the group writes out its services with everything that they hold.
        var groupLogger = logger
        groupLogger.logLevel = .warning
        do {
            try await ServiceGroup(
                configuration: ServiceGroupConfiguration(
                    services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: groupLogger)
            ).run()
        } catch let error as SocketFileError {
            throw StartFailure.system("\(error)")
        }
    }

    private func openLedger(_ mailbox: Mailbox, _ clock: SystemClock) throws -> LedgerWriter {
        var options = LedgerOptions()
        options.reserveBytes = files.settings.diskReserveBytes
        options.retention = files.settings.retention
        options.hasCluster = files.settings.cluster != nil
        do {
            let ledger = try LedgerWriter(
                directory: files.settings.stateDirectory, station: files.settings.station, options: options,
                sink: mailbox, now: { clock.now }, wallTime: { clock.wallTime }, logger: logger)
            if ledger.recoveredCount > 0 {
                logger.warning(
                    "the last run ended in mid-passage", metadata: ["unconfirmed": "\(ledger.recoveredCount)"])
            }
            ledger.append(
                RecordToken(rawValue: 0),
                .started(
                    StartRecord(
                        softwareVersion: SoftwareVersion.text, catalogueVersion: files.catalogue.version,
                        configurationDigest: files.digest)))
            try ledger.start()
            return ledger
        } catch {
            throw StartFailure(error)
        }
    }
}
