import Ledger
import Logging
import MaterialModel
import OperatorAPI
import StationConfig
import StationRuntime
import Uplink
import Vocabulary

/// What `stationctl` sees: the control loop's snapshot, the ledger and the uplink, joined.
struct StationBackend: OperatorBackend {
    let settings: StationSettings
    let board: SnapshotBoard
    let reader: LedgerReader
    let ledger: LedgerWriter
    /// With the catalogue and the model that are in use now.
    let classifier: @Sendable () -> MaterialClassifier
    let uplink: UplinkService?
    let mailbox: Mailbox
    let startedAt: Instant
    /// What the buses' threads read last.
    let pointReadings: @Sendable () -> [DeviceID: [PointReading]]
    let logger: Logger

    func status() async throws -> StatusReport {
        let snapshot = board.current
        let time = SystemClock().wallTime
        return StatusReport(
            station: settings.station, softwareVersion: SoftwareVersion.text, mode: snapshot.mode.name,
            modeCauses: snapshot.mode.causes, passage: snapshot.passage.rawValue,
            bins: settings.intake.bins.map { bin in
                BinStatus(
                    bin: bin.id, levelPercent: snapshot.binLevels[bin.id]?.value,
                    isFull: snapshot.fullBins.contains(bin.id))
            },
            devices: settings.hardware.devices.map { device in
                guard let known = snapshot.devices[device.id] else {
                    return DeviceStatus(device: device.id, isAlive: false)
                }
                return DeviceStatus(device: device.id, isAlive: known == nil, failure: known)
            },
            activeInputs: InputLine.allCases.filter { snapshot.levels.isActive($0) },
            energisedOutputs: OutputLine.allCases.filter { snapshot.energised.contains($0) },
            ledger: try await reader.status(), uplink: UplinkStatus(uplink?.snapshot),
            uptimeSeconds: (SystemClock().now - startedAt).components.seconds,
            inputs: InputLine.allCases.compactMap { line in
                snapshot.lineCounters[line].map { InputStatus(input: line, counters: $0) }
            },
            clock: ClockStatus(
                unixMilliseconds: time.unixMilliseconds, isTrusted: time.isTrusted,
                untimedEntries: try await reader.untimedEntries()))
    }

    func returns(limit: Int) async throws -> [ReturnRow] { try await reader.returns(limit: limit) }

    func explain(sequence: Int64) async throws -> ReturnExplanation {
        do {
            return try ReturnExplanation(of: sequence, try await reader.decision(sequence), by: classifier())
        } catch let refusal as ExplanationRefusal {
            let status =
                switch refusal {
                case .noDecision: 404
                case .pruned: 410
                }
            throw OperatorFailure(status: status, refusal.sentence)
        }
    }

    func totals() async throws -> [TotalRow] { try await reader.totals() }

    func faults() async throws -> [FaultRow] {
        board.current.faults
            .sorted { ($0.code.rawValue, $0.subject) < ($1.code.rawValue, $1.subject) }
            .map { FaultRow($0) }
    }

    func readings() async throws -> [ReadingRow] {
        readingRows(
            of: settings.hardware.devices, known: pointReadings(), failures: board.current.devices,
            at: SystemClock().now)
    }

    func key() async throws -> KeyReport { KeyReport(try running().snapshot) }

    func exchangeKey(_ request: KeyExchangeCommand) async throws -> KeyReport {
        let uplink = try running()
        do {
            try await uplink.exchangeKey()
        } catch let error as StationKeyError {
            throw OperatorFailure(status: 409, error.message)
        }
        logger.notice("the station's key is to be exchanged", metadata: ["by": "\(request.by)"])
        return KeyReport(uplink.snapshot)
    }

    private func running() throws(OperatorFailure) -> UplinkService {
        guard let uplink else {
            throw OperatorFailure(status: 404, "No cluster is configured, so the station has made no key.")
        }
        return uplink
    }

    func command(_ request: CommandRequest) async throws -> CommandAnswer {
        if let refusal = refusal(of: request.command) { return CommandAnswer(taken: false, message: refusal) }
        mailbox.post(.commanded(request.command, by: request.by))
        return CommandAnswer(taken: true, message: "The command was handed to the station.")
    }

    func correct(_ request: CorrectionRequest) async throws -> CorrectionAnswer {
        let catalogue = classifier().catalogue
        do {
            try request.check()
            let stored = try await ledger.correct(request.sequence, by: request.by, why: request.why) {
                item throws(LedgerError) in
                do throws(CorrectionRefusal) {
                    return try request.applied(to: item, catalogue: catalogue)
                } catch {
                    throw LedgerError(.invalidRequest, error.sentence)
                }
            }
            return CorrectionAnswer(
                taken: true,
                message: "Entry \(stored.record.correctedSequence) is corrected by entry \(stored.sequence).",
                sequence: stored.sequence, correctedSequence: stored.record.correctedSequence, was: stored.record.was,
                becomes: stored.record.becomes)
        } catch let refusal as CorrectionRefusal {
            return CorrectionAnswer(taken: false, message: refusal.sentence)
        } catch let error as LedgerError where error.code == .invalidRequest {
            return CorrectionAnswer(taken: false, message: error.message)
        }
    }

    private func refusal(of command: OperatorCommand) -> String? {
        switch command {
        case .clear:
            let levels = board.current.levels
            guard levels.allKnown else {
                return "The inputs are not known yet: `stationctl faults` says what keeps them from being read."
            }
            if !levels.isActive(.emergencyStopCircuitClosed) {
                return "The emergency stop is pressed: unlock it, then clear."
            }
            if !levels.isActive(.doorClosed), !levels.isActive(.serviceKey) {
                return "The door is open: close it, then clear."
            }
            return nil
        case .binEmptied(let bin):
            if settings.intake.bins.contains(where: { $0.id == bin }) { return nil }
            let known = settings.intake.bins.map(\.id.rawValue).joined(separator: ", ")
            return "This station has no bin \(bin); it has \(known)."
        }
    }
}
