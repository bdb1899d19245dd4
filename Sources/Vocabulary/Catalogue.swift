/// A row of the catalogue: one kind of packaging that stations know.
public struct PackagingType: Codable, Hashable, Sendable {
    public var id: PackagingTypeID
    public var name: String
    public var material: Material
    /// Mass of an item as delivered, in milligrams.
    public var massMilligrams: Int64
    /// Items within ± this many milligrams of `massMilligrams` are whole.
    public var massToleranceMilligrams: Int64
    public var isReusable: Bool
    /// Share of the mass that is recycled material, 0 to 100 %.
    public var recycledContentPercent: Int
    /// Share of the mass that is renewable material, 0 to 100 %.
    public var renewableContentPercent: Int
    /// How items of this type are tagged; nil if they are not.
    public var tagClass: TagClass?

    public init(
        id: PackagingTypeID, name: String, material: Material, massMilligrams: Int64, massToleranceMilligrams: Int64,
        isReusable: Bool, recycledContentPercent: Int = 0, renewableContentPercent: Int = 0, tagClass: TagClass? = nil
    ) {
        self.id = id
        self.name = name
        self.material = material
        self.massMilligrams = massMilligrams
        self.massToleranceMilligrams = massToleranceMilligrams
        self.isReusable = isReusable
        self.recycledContentPercent = recycledContentPercent
        self.renewableContentPercent = renewableContentPercent
        self.tagClass = tagClass
    }
}

/// The identification key that an item's tag carries, and which 32-bit tag numbers belong to a type.
///
/// RS-1's reader (TechnoTrade VRD-485) reports a 32-bit number, so an operator assigns each type a range of numbers.
public struct TagClass: Codable, Hashable, Sendable {
    public enum Key: String, Codable, CaseIterable, Sendable {
        /// Global Returnable Asset Identifier: each item has a serial of its own.
        case grai
        /// Global Trade Item Number: the kind of item, no serial.
        case gtin
    }
    public var key: Key
    public var firstTag: UInt32
    public var lastTag: UInt32

    public init(key: Key, firstTag: UInt32, lastTag: UInt32) {
        self.key = key
        self.firstTag = firstTag
        self.lastTag = lastTag
    }
}

/// All packaging types that a station knows, in the order of the file.
public struct Catalogue: Codable, Hashable, Sendable {
    public var version: String
    public var types: [PackagingType]

    public init(version: String, types: [PackagingType]) {
        self.version = version
        self.types = types
    }

    public subscript(id: PackagingTypeID) -> PackagingType? {
        types.first { $0.id == id }
    }

    /// The type whose tag range holds `tag`; ranges do not overlap (checked when the catalogue is read).
    public func type(taggedWith tag: Tag) -> PackagingType? {
        types.first { type in
            guard let range = type.tagClass else { return false }
            return (range.firstTag...range.lastTag).contains(tag.number)
        }
    }
}
