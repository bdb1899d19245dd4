import Logging
import Station
import Vocabulary

/// One log line for each record: transitions only, so the log grows with what happens, not with time. What can flap
/// without a person is limited; the ledger has it all.
extension Controller {
    func log(_ record: LedgerRecord, at now: Instant) {
        switch record {
        case .started, .stopped: logger.notice("\(record.kind.rawValue)")
        case .accepted(let accepted):
            let acceptance = accepted.acceptance
            logger.info(
                "item accepted",
                metadata: [
                    "material": "\(acceptance.identification.material.rawValue)", "bin": "\(acceptance.bin)",
                    "type": "\(acceptance.identification.packagingType?.rawValue ?? "-")",
                    "massMilligrams": "\(acceptance.identification.massMilligrams)",
                    "confidencePermille": "\(acceptance.confidencePermille)",
                ])
        case .ended(let ended):
            logger.info(
                "passage ended",
                metadata: [
                    "accepted": "\(ended.acceptedSequence)", "outcome": "\(ended.outcome.rawValue)",
                    "cause": "\(ended.cause?.rawValue ?? "-")",
                ])
        case .refused(let refused):
            logger.info(
                "item refused",
                metadata: [
                    "reason": "\(refused.rejection.reason.rawValue)", "withdrawn": "\(refused.withdrawn)",
                    "material": "\(refused.rejection.material.rawValue)",
                ])
        case .modeChanged(let change):
            let sentence = "mode \(change.from.rawValue) -> \(change.to.rawValue)"
            log.log(
                .notice, about: sentence, sentence,
                metadata: change.causes.isEmpty ? nil : ["causes": "\(change.causes.joined(separator: ","))"], at: now)
        case .faultRaised(let fault):
            log(fault, .warning, "fault", at: now)
        case .faultCleared(let fault):
            log(fault, .notice, "fault over", at: now)
        case .commanded(let command):
            logger.notice("command", metadata: ["command": "\(command.command)", "by": "\(command.by)"])
        case .clockChanged, .hoursCorrected, .corrected:
            // The ledger's writer makes these, and logs them itself.
            break
        }
    }

    private func log(_ fault: Fault, _ level: Logger.Level, _ what: String, at now: Instant) {
        log.log(
            level, about: "fault \(fault.code.rawValue) \(fault.subject)", "\(what): \(fault.code.declaration.title)",
            metadata: ["code": "\(fault.code.rawValue)", "subject": "\(fault.subject)"], at: now)
    }

    func log(_ reaction: ReactionTimer.Reaction) {
        logger.debug(
            "first motion",
            metadata: [
                "sinceEvidenceMicroseconds": "\(reaction.total.inNanoseconds / 1000)",
                "diskMicroseconds": "\(reaction.disk.inNanoseconds / 1000)",
            ])
    }
}
