import Logging
import Station
import Vocabulary

/// One log line for each record: transitions only, so the log grows with what happens, not with time.
extension Controller {
    func log(_ record: LedgerRecord) {
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
            logger.notice(
                "mode \(change.from.rawValue) -> \(change.to.rawValue)",
                metadata: change.causes.isEmpty ? nil : ["causes": "\(change.causes.joined(separator: ","))"])
        case .faultRaised(let fault):
            logger.warning(
                "fault: \(fault.code.declaration.title)",
                metadata: ["code": "\(fault.code.rawValue)", "subject": "\(fault.subject)"])
        case .faultCleared(let fault):
            logger.notice(
                "fault over: \(fault.code.declaration.title)",
                metadata: ["code": "\(fault.code.rawValue)", "subject": "\(fault.subject)"])
        case .commanded(let command):
            logger.notice("command", metadata: ["command": "\(command.command)", "by": "\(command.by)"])
        }
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
