import ClusterAPI
import FoundationEssentials
import Vocabulary

/// The payloads that every item makes, read back as `canonicalBytes` has written them; nil for any other text.
extension PayloadV1.Accepted {
    init?(canonical bytes: Data) {
        let read = CanonicalReader.read(bytes) { reader -> Self? in
            guard reader.take("{\"item\":"), let item = reader.item(),
                let passage: Int64 = reader.number(",\"passage\":"), reader.take("}")
            else { return nil }
            return Self(passage: passage, item: item)
        }
        guard let read else { return nil }
        self = read
    }
}

extension PayloadV1.Ended {
    init?(canonical bytes: Data) {
        let read = CanonicalReader.read(bytes) { reader -> Self? in
            guard let accepted: Int64 = reader.number("{\"acceptedSequence\":"),
                let cause: OutcomeCause? = reader.optionalWord(",\"cause\":"),
                reader.take(",\"item\":"), let item = reader.item(),
                let outcome: Outcome = reader.word(",\"outcome\":"), reader.take("}")
            else { return nil }
            return Self(acceptedSequence: accepted, item: item, outcome: outcome, cause: cause)
        }
        guard let read else { return nil }
        self = read
    }
}

extension PayloadV1.Refused {
    init?(canonical bytes: Data) {
        let read = CanonicalReader.read(bytes) { reader -> Self? in
            guard let confidence: Int = reader.number("{\"confidencePermille\":"),
                let mass: Int64? = reader.optionalNumber(",\"massMilligrams\":"),
                let material: Material = reader.word(",\"material\":"),
                let packagingType: PackagingTypeID? = reader.optionalWord(",\"packagingType\":"),
                let passage: Int64 = reader.number(",\"passage\":"),
                let reason: RejectReason = reader.word(",\"reason\":"),
                let withdrawn = reader.flag(",\"withdrawn\":"), reader.take("}")
            else { return nil }
            return Self(
                passage: passage, reason: reason, packagingType: packagingType, material: material,
                confidencePermille: confidence, withdrawn: withdrawn, massMilligrams: mass)
        }
        guard let read else { return nil }
        self = read
    }
}

extension CanonicalReader {
    fileprivate mutating func item() -> PayloadV1.Item? {
        guard let bin: BinID = word("{\"bin\":"),
            let confidence: Int = number(",\"confidencePermille\":"),
            let mass: Int64 = number(",\"massMilligrams\":"),
            let source: MassSource = word(",\"massSource\":"),
            let material: Material = word(",\"material\":"),
            let packagingType: PackagingTypeID? = optionalWord(",\"packagingType\":"),
            let stream: Vocabulary.Stream = word(",\"stream\":"),
            let tag: UInt32? = optionalNumber(",\"tag\":"), take("}")
        else { return nil }
        return PayloadV1.Item(
            packagingType: packagingType, material: material, stream: stream, massMilligrams: mass,
            massSource: source, tag: tag, bin: bin, confidencePermille: confidence)
    }
}
