import Vocabulary

/// What really happened, for comparison with the ledger.
extension StationWorld {
    /// Each item that was to come has ended and its person has seen it.
    public var isOver: Bool {
        nextItem == itemsToCome && onBelt.isEmpty && falling.isEmpty
            && whereabouts.prefix(itemsToCome).allSatisfy { if case .ended = $0 { true } else { false } }
    }

    /// The items in each bin, by index.
    public var bins: [BinID: [Int]] {
        var bins: [BinID: [Int]] = [:]
        for (index, place) in whereabouts.enumerated() {
            if case .ended(.bin(let bin)) = place { bins[bin, default: []].append(index) }
        }
        return bins
    }

    /// The items that ended like this, by index.
    public func items(ended end: ItemEnd) -> [Int] {
        whereabouts.indices.filter { whereabouts[$0] == .ended(end) }
    }

    /// Mass of what lies in a bin, in milligrams.
    public func massMilligrams(in bin: BinID) -> Int64 {
        bins[bin, default: []].reduce(0) { $0 + settings.items[$1].massMilligrams }
    }

    /// Centre of an item on the belt or in the hand in front of it, in mm from the mouth; nil if it is elsewhere.
    public func centreMillimetres(of index: Int) -> Double? {
        onBelt.first { $0.index == index }.map { centre(of: $0) }
    }

    public var beltSpeedMillimetresPerSecond: Double { belt.current.velocity(at: now) }
    public var isGateOpen: Bool { gate.isOpen }
    public var diverterPosition: DiverterPosition { diverter.position }
}
