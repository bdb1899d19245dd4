import Glibc
import Logging
import ServiceLifecycle
import Station
import StationConfig
import StationRuntime
import Systemd
import UnixSignals

/// The control loop as a service: a graceful shutdown asks the station to finish what is under way.
struct ControlService: Service {
    let loop: ControlLoop
    let mailbox: Mailbox
    let notifier: SystemdNotifier

    func run() async throws {
        let (finished, continuation) = AsyncStream.makeStream(of: Void.self)
        loop.start { continuation.finish() }
        await withGracefulShutdownHandler {
            // The station decides when it is done; a cancelled task must not leave the belt running unwatched.
            for await _ in finished {}
        } onGracefulShutdown: {
            notifier.stopping()
            mailbox.post(.stopRequested)
        }
    }
}

/// SIGHUP: what may change at run time is read again. A file with errors changes nothing.
struct ReloadService: Service {
    let hangups: UnixSignalsSequence
    let path: String
    let mailbox: Mailbox
    let classifier: ReplaceableClassifier
    let gate: LevelGate
    let notifier: SystemdNotifier
    let logger: Logger
    let started: StationSettings

    func run() async throws {
        for await _ in hangups.cancelOnGracefulShutdown() { reload() }
    }

    private func reload() {
        notifier.reloading(monotonicMicroseconds: SystemClock().now.nanoseconds / 1000)
        defer { notifier.ready("configuration read again") }
        do {
            let files = try StationFiles.read(path)
            gate.level = files.logLevel
            classifier.replace(with: files.classifier)
            var intake = files.settings.intake
            // Positions and sensors are wired: they change with a restart only.
            intake.bins = started.intake.bins
            mailbox.post(.settingsChanged(intake))
            let waiting = changesNeedingRestart(from: started, to: files.settings)
            logger.notice(
                "configuration read again",
                metadata: ["needsRestart": "\(waiting.isEmpty ? "-" : waiting.joined(separator: ","))"])
        } catch let failure as StartFailure {
            for sentence in failure.sentences { logger.error("\(sentence)") }
            logger.error("the configuration stays as it was")
        } catch {
            logger.error("\(path) could not be read again: \(error); the configuration stays as it was")
        }
    }
}
