import Ledger
import Logging
import Station
import Vocabulary

/// What the near-infrared head read of tagged items before this start, oldest first; nothing if the station has none.
///
/// Without them the station takes items too, and learns again how they read.
func knownReadings(_ reader: LedgerReader, _ intake: IntakeSettings, _ logger: Logger) -> [KnownReading] {
    guard intake.nirHead != nil else { return [] }
    var found: [KnownReading] = []
    do {
        try reader.visitSample(
            after: intake.knownItemsAfter, firstOfEachType: KnownReadingLimits.firstOfEachType,
            typesLimit: KnownReading.typesLimit, newest: KnownReadingLimits.newest
        ) { decision in
            guard case .accept(let acceptance) = decision.verdict, let evidence = decision.evidence,
                let reading = KnownReading(acceptance.identification, evidence)
            else { return }
            found.append(reading)
        }
    } catch {
        logger.warning("what tagged items read before is not known", metadata: ["error": "\(error)"])
    }
    return found
}

/// Several times what `KnownItems` needs, for not every item has a tag.
private enum KnownReadingLimits {
    static let firstOfEachType = 100
    static let newest = 600
}
