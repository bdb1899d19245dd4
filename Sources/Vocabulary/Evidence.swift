/// What a sensor's answer is worth. An error is never a value: a failed reading has no number in it.
public enum Measured<Value: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
    /// Nothing has been heard (yet).
    case missing
    /// A good value and when it was taken.
    case good(Value, at: Instant)
    /// The attempt failed, and when that was known.
    case failed(ReadingFailure, at: Instant)

    public var value: Value? {
        switch self {
        case .good(let value, at: _): value
        case .missing, .failed: nil
        }
    }

    /// The same in other terms; a failure stays what it is.
    public func map<Other>(_ transform: (Value) -> Other) -> Measured<Other> {
        switch self {
        case .missing: .missing
        case .good(let value, let at): .good(transform(value), at: at)
        case .failed(let failure, let at): .failed(failure, at: at)
        }
    }

    public var isMissing: Bool {
        switch self {
        case .missing: true
        case .good, .failed: false
        }
    }
}

/// Why a reading has no value.
public enum ReadingFailure: String, CaseIterable, Codable, Hashable, Sendable {
    /// The device answered with something outside its plausible range.
    case implausible
    /// The device answered with an exception.
    case refused
    /// No answer in time.
    case timeout
    /// An answer that could not be decoded.
    case badFrame
    /// The bus or the device is not connected.
    case notConnected
    /// The device answered, but said itself that the value is not settled.
    case unstable
}

/// A mass in milligrams, tare already taken off.
public struct Mass: Codable, Hashable, Sendable, Comparable {
    public var milligrams: Int64
    public init(milligrams: Int64) { self.milligrams = milligrams }
    public static func < (left: Mass, right: Mass) -> Bool { left.milligrams < right.milligrams }
}

/// The number that a tag answered with; never 0, which readers use for "no tag".
public struct Tag: Codable, Hashable, Sendable {
    public var number: UInt32
    public init?(number: UInt32) {
        guard number != 0 else { return nil }
        self.number = number
    }
}

/// What the reader saw in its field.
public enum TagReading: Codable, Hashable, Sendable {
    case noTag
    case tag(Tag)
}

/// One measurement of a near-infrared head: per band the raw signal and the head's own references, in counts
/// (0 to 65535). All four arrays have the same length.
public struct Spectrum: Codable, Hashable, Sendable {
    /// Centre of each band in tenths of a nanometre, ascending.
    public var wavelengthsDecinanometres: [UInt16]
    public var raw: [UInt16]
    public var white: [UInt16]
    public var dark: [UInt16]
    public var integrationMicroseconds: UInt32

    public init(
        wavelengthsDecinanometres: [UInt16], raw: [UInt16], white: [UInt16], dark: [UInt16],
        integrationMicroseconds: UInt32
    ) {
        self.wavelengthsDecinanometres = wavelengthsDecinanometres
        self.raw = raw
        self.white = white
        self.dark = dark
        self.integrationMicroseconds = integrationMicroseconds
    }
}

/// The measuring devices that an item is put before.
public enum EvidenceSource: String, CaseIterable, Codable, Hashable, Sendable {
    case scale, tagReader, nirHead
}

/// One device's answer about the item in the chamber.
public enum EvidenceReading: Codable, Hashable, Sendable {
    case mass(Measured<Mass>)
    case tag(Measured<TagReading>)
    case spectrum(Measured<Spectrum>)

    public var source: EvidenceSource {
        switch self {
        case .mass: .scale
        case .tag: .tagReader
        case .spectrum: .nirHead
        }
    }
}

/// The readings taken of one item.
public struct Evidence: Codable, Hashable, Sendable {
    public var mass: Measured<Mass> = .missing
    public var tag: Measured<TagReading> = .missing
    /// Of the item as it was first placed.
    public var spectrum: Measured<Spectrum> = .missing
    /// Of the same item after the belt had shifted it before the head, in that order; at most
    /// `IntakeSettings.placementLimit` - 1.
    public var furtherSpectra: [Measured<Spectrum>] = []
    /// The inductive sensor saw metal at some moment of the measurement.
    public var metal: Measured<Bool> = .missing
    /// The capacitive sensor saw the item in the chamber.
    public var presence: Measured<Bool> = .missing

    public init() {}

    public mutating func take(_ reading: EvidenceReading) {
        switch reading {
        case .mass(let mass): self.mass = mass
        case .tag(let tag): self.tag = tag
        case .spectrum(let spectrum):
            if self.spectrum.isMissing { self.spectrum = spectrum } else { furtherSpectra.append(spectrum) }
        }
    }

    public func hasHeard(from source: EvidenceSource) -> Bool {
        switch source {
        case .scale: !mass.isMissing
        case .tagReader: !tag.isMissing
        case .nirHead: !spectrum.isMissing
        }
    }

    /// The spectra that were read, one for each placement.
    public var spectra: [Spectrum] {
        guard !furtherSpectra.isEmpty else { return spectrum.value.map { [$0] } ?? [] }
        return ([spectrum] + furtherSpectra).compactMap(\.value)
    }

    /// How often the head has answered, well or not.
    public var placements: Int { spectrum.isMissing ? 0 : 1 + furtherSpectra.count }

    public var lastSpectrum: Measured<Spectrum> { furtherSpectra.last ?? spectrum }
}
