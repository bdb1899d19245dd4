import Vocabulary

/// Who brings what, and what goes wrong meanwhile.
public struct Scenario: Hashable, Sendable {
    public var seed: UInt64
    public var items: [SimulatedItem]
    public var faults: [TimedFault]
    /// Nil: nobody looks after the station.
    public var attendantComesAfter: Duration?

    public static let itemsLimit = 100_000
    public static let faultsLimit = 1000

    public init(
        seed: UInt64, items: [SimulatedItem], faults: [TimedFault] = [], attendantComesAfter: Duration? = nil
    ) {
        self.seed = seed
        self.items = items
        self.faults = faults
        self.attendantComesAfter = attendantComesAfter
    }

    public func worldSettings(
        bins: [BinSettings] = ReferenceStation.bins, spectra: SpectraLibrary
    ) -> WorldSettings {
        var settings = WorldSettings(seed: seed, bins: bins, items: items, spectra: spectra)
        settings.faults = faults
        settings.attendantComesAfter = attendantComesAfter
        return settings
    }
}
