import FoundationEssentials
import Vocabulary

/// The truth file: where each item that was to come really ended, for comparison with the ledger. Version 1.
public struct Truth: Codable, Hashable, Sendable {
    public struct Row: Codable, Hashable, Sendable {
        public var index: Int
        public var name: String
        public var packagingType: String?
        public var material: String
        public var massMilligrams: Int64
        public var script: String
        /// `bin:<id>`, `handedBack`, `withdrawn`, `removed` or `onFloor`; for items that have not ended `waiting`,
        /// `inHand`, `onBelt` or `falling`.
        public var end: String
    }
    public var version = 1
    public var seed: UInt64
    public var items: [Row]

    public init(of world: StationWorld) {
        seed = world.settings.seed
        items = world.settings.items.prefix(world.itemsToCome).enumerated().map { index, item in
            Row(
                index: index, name: item.name, packagingType: item.packagingType?.rawValue,
                material: item.material.rawValue, massMilligrams: item.massMilligrams,
                script: item.script.name.rawValue, end: world.whereabouts[index].description)
        }
    }

    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return try encoder.encode(self)
    }
}
