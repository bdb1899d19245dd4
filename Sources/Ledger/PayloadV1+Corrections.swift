import Vocabulary

/// The payloads that came with format version 2. Frozen like the others.
extension PayloadV1 {
    struct ClockChanged: Codable {
        var stepMilliseconds: Int64
        var trusted: Bool
    }

    struct Move: Codable {
        var fromHour: Int64
        var toHour: Int64
        var packagingType: PackagingTypeID?
        var material: Material
        var stream: Vocabulary.Stream?
        var outcome: Outcome
        var units: Int64
        var massMilligrams: Int64
    }

    struct HoursCorrected: Codable {
        var first: Int64
        var last: Int64
        var boot: String
        var anchorMonotonicNanoseconds: Int64
        var anchorUnixMilliseconds: Int64
        var moves: [Move]
    }

    struct Counted: Codable {
        var hour: Int64
        var packagingType: PackagingTypeID?
        var material: Material
        var stream: Vocabulary.Stream?
        var outcome: Outcome
        var massMilligrams: Int64
    }

    struct Corrected: Codable {
        var correctedSequence: Int64
        var by: String
        var why: String
        /// Absent if nothing counted.
        var was: Counted?
        /// Absent if nothing counts from now on.
        var becomes: Counted?
    }
}

extension PayloadV1.HoursCorrected {
    init(_ record: HoursRecord) {
        self.init(
            first: record.first, last: record.last, boot: record.boot,
            anchorMonotonicNanoseconds: record.anchor.monotonicNanoseconds,
            anchorUnixMilliseconds: record.anchor.unixMilliseconds,
            moves: record.moves.map { move in
                PayloadV1.Move(
                    fromHour: move.fromHour, toHour: move.toHour, packagingType: move.packagingType,
                    material: move.material, stream: move.stream, outcome: move.outcome, units: move.units,
                    massMilligrams: move.massMilligrams)
            })
    }

    var record: HoursRecord {
        HoursRecord(
            first: first, last: last, boot: boot,
            anchor: ClockAnchor(
                monotonicNanoseconds: anchorMonotonicNanoseconds, unixMilliseconds: anchorUnixMilliseconds),
            moves: moves.map { move in
                HourMove(
                    fromHour: move.fromHour, toHour: move.toHour, packagingType: move.packagingType,
                    material: move.material, stream: move.stream, outcome: move.outcome, units: move.units,
                    massMilligrams: move.massMilligrams)
            })
    }
}

extension PayloadV1.Counted {
    init(_ item: CountedItem) {
        self.init(
            hour: item.unixHour, packagingType: item.packagingType, material: item.material, stream: item.stream,
            outcome: item.outcome, massMilligrams: item.massMilligrams)
    }

    var item: CountedItem {
        CountedItem(
            unixHour: hour, packagingType: packagingType, material: material, stream: stream, outcome: outcome,
            massMilligrams: massMilligrams)
    }
}

extension PayloadV1.Corrected {
    init(_ record: CorrectionRecord) {
        self.init(
            correctedSequence: record.correctedSequence, by: record.by, why: record.why,
            was: record.was.map(PayloadV1.Counted.init), becomes: record.becomes.map(PayloadV1.Counted.init))
    }

    /// Nil if neither something counted nor something counts: that corrects nothing.
    var record: CorrectionRecord? {
        guard was != nil || becomes != nil else { return nil }
        return CorrectionRecord(
            correctedSequence: correctedSequence, by: by, why: why, was: was?.item, becomes: becomes?.item)
    }
}
