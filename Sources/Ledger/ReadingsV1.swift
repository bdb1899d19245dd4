import Vocabulary

/// Version 1 of what the readings column holds: the raw readings of one item. Frozen like `PayloadV1`.
struct ReadingsV1: Codable {
    /// One device's answer: a value or a failure, never both. A reading that never came is an absent key.
    struct Reading<Value: Codable & Hashable & Sendable>: Codable {
        var atNanoseconds: Int64
        var value: Value?
        var failure: ReadingFailure?

        /// Nil for what is missing.
        init?<Source>(_ measured: Measured<Source>, _ convert: (Source) -> Value) {
            switch measured {
            case .missing: return nil
            case .good(let value, at: let instant):
                self.init(atNanoseconds: instant.nanoseconds, value: convert(value), failure: nil)
            case .failed(let failure, at: let instant):
                self.init(atNanoseconds: instant.nanoseconds, value: nil, failure: failure)
            }
        }

        private init(atNanoseconds: Int64, value: Value?, failure: ReadingFailure?) {
            self.atNanoseconds = atNanoseconds
            self.value = value
            self.failure = failure
        }

        func measured<Source>(_ convert: (Value) -> Source) throws(LedgerError) -> Measured<Source> {
            let instant = Instant(nanoseconds: atNanoseconds)
            return switch (value, failure) {
            case (let value?, nil): .good(convert(value), at: instant)
            case (nil, let failure?): .failed(failure, at: instant)
            case (nil, nil), (_?, _?):
                throw LedgerError(.damaged, "A reading in the ledger has neither or both of a value and a failure.")
            }
        }
    }

    /// An empty object is a reader that saw no tag.
    struct TagField: Codable, Hashable, Sendable {
        var number: UInt32?
    }

    struct Bands: Codable, Hashable, Sendable {
        var wavelengthsDecinanometres: [UInt16]
        var raw: [UInt16]
        var white: [UInt16]
        var dark: [UInt16]
        var integrationMicroseconds: UInt32
    }

    var version = 1
    var massMilligrams: Reading<Int64>?
    var tag: Reading<TagField>?
    var spectrum: Reading<Bands>?
    var metal: Reading<Bool>?
    var presence: Reading<Bool>?
    /// Of the same item, after it was shifted; absent if there are none.
    var furtherSpectra: [Reading<Bands>]?
}

extension ReadingsV1 {
    init(_ evidence: Evidence) {
        massMilligrams = Reading(evidence.mass) { $0.milligrams }
        tag = Reading(evidence.tag) { reading in
            switch reading {
            case .noTag: TagField(number: nil)
            case .tag(let tag): TagField(number: tag.number)
            }
        }
        spectrum = Reading(evidence.spectrum, Bands.init)
        let further = evidence.furtherSpectra.compactMap { Reading($0, Bands.init) }
        furtherSpectra = further.isEmpty ? nil : further
        metal = Reading(evidence.metal) { $0 }
        presence = Reading(evidence.presence) { $0 }
    }

    func evidence() throws(LedgerError) -> Evidence {
        var evidence = Evidence()
        if let massMilligrams { evidence.mass = try massMilligrams.measured(Mass.init(milligrams:)) }
        if let tag {
            evidence.tag = try tag.measured { field in
                field.number.flatMap(Tag.init(number:)).map(TagReading.tag) ?? .noTag
            }
        }
        if let spectrum { evidence.spectrum = try spectrum.measured(\.spectrum) }
        for further in furtherSpectra ?? [] { evidence.furtherSpectra.append(try further.measured(\.spectrum)) }
        if let metal { evidence.metal = try metal.measured { $0 } }
        if let presence { evidence.presence = try presence.measured { $0 } }
        return evidence
    }
}

extension ReadingsV1.Bands {
    fileprivate init(_ spectrum: Spectrum) {
        self.init(
            wavelengthsDecinanometres: spectrum.wavelengthsDecinanometres, raw: spectrum.raw, white: spectrum.white,
            dark: spectrum.dark, integrationMicroseconds: spectrum.integrationMicroseconds)
    }

    fileprivate var spectrum: Spectrum {
        Spectrum(
            wavelengthsDecinanometres: wavelengthsDecinanometres, raw: raw, white: white, dark: dark,
            integrationMicroseconds: integrationMicroseconds)
    }
}
