import Vocabulary

/// One physical object that somebody puts into the station, and what that person does with it.
public struct SimulatedItem: Hashable, Sendable {
    public var name: String
    /// What it was made as; nil for anything that no catalogue lists. The station is never told.
    public var packagingType: PackagingTypeID?
    public var material: Material
    /// Along the belt.
    public var lengthMillimetres: Double
    /// What it really weighs.
    public var massMilligrams: Int64
    public var tag: Tag?
    /// Seen by the inductive sensor.
    public var isMetal: Bool
    /// Class of the spectra library that its reflectance is drawn from.
    public var spectrum: String
    /// It looks like the mean of its class; only its placements differ. For runs that are not about recognising items.
    public var isTypical = false
    public var script: ItemScript

    public init(
        name: String, packagingType: PackagingTypeID? = nil, material: Material, lengthMillimetres: Double = 90,
        massMilligrams: Int64, tag: Tag? = nil, isMetal: Bool? = nil, spectrum: String? = nil,
        script: ItemScript = .normal
    ) {
        self.name = name
        self.packagingType = packagingType
        self.material = material
        self.lengthMillimetres = lengthMillimetres
        self.massMilligrams = massMilligrams
        self.tag = tag
        self.isMetal = isMetal ?? material.isMetal
        self.spectrum = spectrum ?? material.rawValue
        self.script = script
    }

    public static let lengthMillimetresRange = 20.0...280.0
    public static let massMilligramsRange: ClosedRange<Int64> = 100...5_000_000
}

/// What happens to an item beside the ordinary.
public enum ItemScript: Hashable, Sendable {
    case normal
    /// The person keeps it on a string and pulls it out this long after letting go, gate or no gate.
    case pulledOutWhileMeasuring(after: Duration)
    /// The person keeps it on a string and pulls it out again when it has come so far.
    case fishedAfterAcceptance(FishingPoint)
    /// The next item of the list is put in right behind it.
    case putInTwo
    /// It sticks when its centre comes here, until the belt has started to move `clearingMovements` times; nil: until
    /// the attendant removes it.
    case jams(atMillimetres: Double, clearingMovements: Int?)
    /// Handed back, it is left lying for this long.
    case notTaken(Duration)
    /// The hand stays in the mouth for this long.
    case handStays(Duration)

    /// The name that scenario files use.
    public enum Name: String, CaseIterable, Sendable {
        case normal, pulledOutWhileMeasuring, fishedAfterAcceptance, putInTwo, jams, notTaken, handStays
    }

    public var name: Name {
        switch self {
        case .normal: .normal
        case .pulledOutWhileMeasuring: .pulledOutWhileMeasuring
        case .fishedAfterAcceptance: .fishedAfterAcceptance
        case .putInTwo: .putInTwo
        case .jams: .jams
        case .notTaken: .notTaken
        case .handStays: .handStays
        }
    }
}

/// How far an item on a string is let go.
public enum FishingPoint: String, CaseIterable, Hashable, Sendable {
    /// Inside the chamber, on its way to the exit beam.
    case chamber
    /// In the exit beam, just before it falls.
    case exitBeam
    /// In the bin, past the drop beam.
    case bin

    /// Where the centre is when the pull begins; nil: not on the belt any more.
    var centreMillimetres: Double? {
        switch self {
        case .chamber: 320
        case .exitBeam: Geometry.beltEnd - 5
        case .bin: nil
        }
    }
}

/// Where an item is: the truth that the ledger is compared with.
public enum Whereabouts: Hashable, Sendable {
    /// Its person has not come yet.
    case waiting
    case inHand
    case onBelt
    case falling
    case ended(ItemEnd)
}

/// Where an item ended physically.
public enum ItemEnd: Hashable, Sendable {
    case bin(BinID)
    /// Carried to the mouth by the belt and taken there.
    case handedBack
    /// Pulled out by its person.
    case withdrawn
    /// Taken out through the door by the attendant.
    case removed
    /// Fell where no bin stands.
    case onFloor
}

extension Whereabouts: CustomStringConvertible {
    /// As the truth file has it.
    public var description: String {
        switch self {
        case .waiting: "waiting"
        case .inHand: "inHand"
        case .onBelt: "onBelt"
        case .falling: "falling"
        case .ended(.bin(let bin)): "bin:\(bin)"
        case .ended(.handedBack): "handedBack"
        case .ended(.withdrawn): "withdrawn"
        case .ended(.removed): "removed"
        case .ended(.onFloor): "onFloor"
        }
    }
}
