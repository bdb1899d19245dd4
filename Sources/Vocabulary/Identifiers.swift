/// A name that a person chose in the configuration or the catalogue: 1 to 64 characters of `a-z A-Z 0-9 . _ -`.
public protocol ChosenName: RawRepresentable<String>, Codable, Hashable, Sendable, Comparable, CustomStringConvertible,
    ExpressibleByStringLiteral
{
    init(unchecked: String)
}

extension ChosenName {
    /// Nil if `rawValue` is not a permitted name.
    public init?(rawValue: String) {
        guard isPermittedName(rawValue) else { return nil }
        self.init(unchecked: rawValue)
    }

    public init(stringLiteral value: StaticString) {
        let text = value.description
        precondition(isPermittedName(text), "not a permitted name: \(text)")
        self.init(unchecked: text)
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    public var description: String { rawValue }
}

/// Whether `text` may name something: 1 to 64 letters, digits, dots, underscores and hyphens, all ASCII.
public func isPermittedName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
        && text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
}

/// A station of the cluster.
public struct StationID: ChosenName {
    public let rawValue: String
    public init(unchecked: String) { rawValue = unchecked }
}

/// A row of the catalogue.
public struct PackagingTypeID: ChosenName {
    public let rawValue: String
    public init(unchecked: String) { rawValue = unchecked }
}

/// A bin of one station.
public struct BinID: ChosenName {
    public let rawValue: String
    public init(unchecked: String) { rawValue = unchecked }
}

/// A device on one of the station's buses.
public struct DeviceID: ChosenName {
    public let rawValue: String
    public init(unchecked: String) { rawValue = unchecked }
}

/// One passage within one run of the daemon. In the ledger an accepted passage is named by the sequence number of
/// its acceptance, which stays unique over restarts.
public struct PassageID: RawRepresentable, Codable, Hashable, Sendable, Comparable {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
    public static func < (left: PassageID, right: PassageID) -> Bool { left.rawValue < right.rawValue }
}
