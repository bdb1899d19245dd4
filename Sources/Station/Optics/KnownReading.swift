import Vocabulary

/// A tagged item as the head read it. Its type is known, so items of it should read the same at any time.
public struct KnownReading: Hashable, Sendable {
    /// Types beyond so many say nothing about the references.
    public static let typesLimit = 64

    /// Reflectance by band, above 0.
    public var curve: [Double]
    public var type: PackagingTypeID
    public var material: Material

    public init(curve: [Double], type: PackagingTypeID, material: Material) {
        self.curve = curve
        self.type = type
        self.material = material
    }

    /// Nil unless the item has a tag, is of a listed type, and has a signal in every band of its first spectrum.
    ///
    /// - Parameter identification: what the tag and the rest of the evidence named alike.
    public init?(_ identification: Identification, _ evidence: Evidence) {
        guard let type = identification.packagingType, case .good(.tag, at: _) = evidence.tag,
            let curve = evidence.spectrum.value?.positiveReflectance
        else { return nil }
        self.init(curve: curve, type: type, material: identification.material)
    }
}

extension Spectrum {
    /// Reflectance by band; nil if there is a band without a scale or without a signal.
    fileprivate var positiveReflectance: [Double]? {
        guard raw.count == white.count, raw.count == dark.count else { return nil }
        var curve: [Double] = []
        curve.reserveCapacity(raw.count)
        for band in raw.indices {
            guard white[band] > dark[band], raw[band] > dark[band] else { return nil }
            curve.append(Double(raw[band] - dark[band]) / Double(white[band] - dark[band]))
        }
        return curve
    }
}
