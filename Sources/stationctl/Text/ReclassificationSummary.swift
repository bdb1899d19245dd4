import Ledger
import Vocabulary

/// `stationctl ledger reclassify --json`. Masses are in milligrams, confidences in thousandths.
struct ReclassificationSummary: Codable, Hashable {
    struct Pair: Codable, Hashable {
        var stored: String
        var now: String
        var items: Int64
        var changed: Int64
    }

    struct Count: Codable, Hashable {
        var packagingType: PackagingTypeID?
        var material: Material
        var stream: Vocabulary.Stream
        var storedUnits: Int64
        var storedMilligrams: Int64
        var nowUnits: Int64
        var nowMilligrams: Int64
    }

    struct Change: Codable, Hashable {
        var sequence: Int64
        var unixMilliseconds: Int64
        var stored: Decision
        var now: Decision
    }

    /// A verdict; the keys that an acceptance or a rejection does not have are left out.
    struct Decision: Codable, Hashable {
        var material: Material
        var packagingType: PackagingTypeID?
        var stream: Vocabulary.Stream?
        var bin: BinID?
        var massMilligrams: Int64?
        var reason: RejectReason?
        var confidencePermille: Int
    }

    var station: String
    var first: Int64
    var last: Int64
    var catalogueVersion: String
    var replayed: Int64
    var changed: Int64
    var otherConfidence: Int64
    var withoutReadings: Int64
    var momentary: [String: Int64]
    var pairs: [Pair]
    var counts: [Count]
    var changes: [Change]

    init(_ found: Reclassification, _ rules: Rules, _ header: ExportHeader) {
        station = header.identity.station
        (first, last) = (header.first, header.last)
        catalogueVersion = rules.classifier.catalogue.version
        (replayed, changed, otherConfidence) = (found.replayed, found.changed, found.otherConfidence)
        (withoutReadings, momentary) = (found.withoutReadings, found.momentary)
        pairs = found.sortedPairs.map { pair, tally in
            Pair(stored: pair.stored, now: pair.replayed, items: tally.decisions, changed: tally.changed)
        }
        counts = found.sortedCounts.map { key, counts in
            Count(
                packagingType: key.packagingType, material: key.material, stream: key.stream,
                storedUnits: counts.stored.units, storedMilligrams: counts.stored.massMilligrams,
                nowUnits: counts.replayed.units, nowMilligrams: counts.replayed.massMilligrams)
        }
        changes = found.changes.map { change in
            Change(
                sequence: change.sequence, unixMilliseconds: change.unixMilliseconds, stored: Decision(change.stored),
                now: Decision(change.replayed))
        }
    }
}

extension ReclassificationSummary.Decision {
    init(_ verdict: Verdict) {
        switch verdict {
        case .accept(let acceptance):
            let item = acceptance.identification
            self.init(
                material: item.material, packagingType: item.packagingType, stream: item.stream, bin: acceptance.bin,
                massMilligrams: item.massMilligrams, reason: nil, confidencePermille: acceptance.confidencePermille)
        case .reject(let rejection):
            self.init(
                material: rejection.material, packagingType: rejection.packagingType, stream: nil, bin: nil,
                massMilligrams: nil, reason: rejection.reason, confidencePermille: rejection.confidencePermille)
        }
    }
}
