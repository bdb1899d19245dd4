import Vocabulary

/// Version 1 of what the payload column holds, kind by kind. Frozen: a change of a name, a type or a meaning is a
/// `PayloadV2` beside this one, never an edit. An absent optional is an absent key.
enum PayloadV1 {
    static let version: Int64 = 1

    struct Started: Codable {
        var softwareVersion: String
        var catalogueVersion: String
        var configurationDigest: String
    }

    struct Item: Codable {
        var packagingType: PackagingTypeID?
        var material: Material
        var stream: Vocabulary.Stream
        var massMilligrams: Int64
        var massSource: MassSource
        var tag: UInt32?
        var bin: BinID
        var confidencePermille: Int
    }

    struct Accepted: Codable {
        var passage: Int64
        var item: Item
    }

    struct Ended: Codable {
        var acceptedSequence: Int64
        var item: Item
        var outcome: Outcome
        var cause: OutcomeCause?
    }

    struct Refused: Codable {
        var passage: Int64
        var reason: RejectReason
        var packagingType: PackagingTypeID?
        var material: Material
        var confidencePermille: Int
        var withdrawn: Bool
        var massMilligrams: Int64?
    }

    struct ModeChanged: Codable {
        var from: ModeName
        var to: ModeName
        var causes: [String]
    }

    struct FaultChange: Codable {
        var code: FaultCode
        var subject: String
    }

    struct Commanded: Codable {
        enum Command: String, Codable { case clear, binEmptied }
        var command: Command
        /// Present for `binEmptied`.
        var bin: BinID?
        var by: String
    }

    struct Stopped: Codable {
        var drained: Bool
    }
}

extension PayloadV1.Item {
    init(_ acceptance: Acceptance) {
        let identification = acceptance.identification
        self.init(
            packagingType: identification.packagingType, material: identification.material,
            stream: identification.stream, massMilligrams: identification.massMilligrams,
            massSource: identification.massSource, tag: identification.tag?.number, bin: acceptance.bin,
            confidencePermille: acceptance.confidencePermille)
    }

    var acceptance: Acceptance {
        Acceptance(
            identification: Identification(
                packagingType: packagingType, material: material, stream: stream, massMilligrams: massMilligrams,
                massSource: massSource, tag: tag.flatMap(Tag.init(number:))),
            bin: bin, confidencePermille: confidencePermille)
    }
}

extension PayloadV1.Commanded {
    init(_ record: CommandRecord) {
        switch record.command {
        case .clear: self.init(command: .clear, bin: nil, by: record.by)
        case .binEmptied(let bin): self.init(command: .binEmptied, bin: bin, by: record.by)
        }
    }

    /// Nil if the payload names no bin where one is needed.
    var record: CommandRecord? {
        switch command {
        case .clear: CommandRecord(command: .clear, by: by)
        case .binEmptied: bin.map { CommandRecord(command: .binEmptied(bin: $0), by: by) }
        }
    }
}
