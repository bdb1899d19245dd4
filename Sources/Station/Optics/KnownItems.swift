import Vocabulary

/// What tagged items say about the references: their material and type are known, so their spectra should read today
/// as they read before.
///
/// Offsets of single items are mostly placement, of several per cent; only means of many say something. They are kept
/// by material and weigh the same, so that a type that is suddenly made of another recipe is not taken for the head.
struct KnownItems: Hashable, Sendable {
    /// So many items of a type make its baseline.
    static let baselineItems = 30
    /// A material says nothing before so many items.
    static let leastItems = 30
    /// Older items than about so many are forgotten, by and by.
    static let window = 200
    /// The square of a mean offset must be so many times what chance makes of it.
    static let significance = 4.0

    private struct Baseline: Hashable, Sendable {
        var count = 0
        var mean: [Double] = []
    }

    private struct Residual: Hashable, Sendable {
        var count = 0
        var mean: [Double] = []
        /// Of a single item's offset about the mean.
        var variance = 0.0
        /// The part of the mean, and its weight in it, that comes of items since the references were taken last.
        var recent: [Double] = []
        var recentWeight = 0.0

        /// What chance alone makes of the mean's square.
        var chance: Double {
            let effective = count < window ? count : 2 * window - 1
            return variance / Double(max(1, effective))
        }
    }

    private var baselines: [PackagingTypeID: Baseline] = [:]
    private var residuals: [Material: Residual] = [:]

    mutating func take(_ reading: KnownReading) {
        let (curve, type) = (reading.curve, reading.type)
        let mean = curve.reduce(0, +) / Double(max(1, curve.count))
        guard mean > 0, baselines[type] != nil || baselines.count < KnownReading.typesLimit else { return }
        let shape = curve.map { $0 / mean }
        var baseline = baselines[type] ?? Baseline()
        if baseline.mean.count != shape.count { baseline = Baseline(count: 0, mean: shape.map { _ in 0 }) }
        guard baseline.count < Self.baselineItems else {
            if let offset = BandShape.offset(of: shape, from: baseline.mean) {
                take(offset: offset, of: reading.material)
            }
            return
        }
        baseline.count += 1
        for band in shape.indices {
            baseline.mean[band] += (shape[band] - baseline.mean[band]) / Double(baseline.count)
        }
        baselines[type] = baseline
    }

    /// - Parameter offset: how much the item's reflectance is above what its material should show, as a logarithm, by
    ///   band.
    mutating func take(offset: [Double], of material: Material) {
        let offset = BandShape.centred(offset)
        var residual = residuals[material] ?? Residual()
        if residual.mean.count != offset.count {
            let none = offset.map { _ in 0.0 }
            residual = Residual(mean: none, recent: none)
        }
        residual.count = min(residual.count + 1, Self.window)
        let weight = 1 / Double(residual.count)
        let about = BandShape.meanSquare(zip(offset, residual.mean).map { $0 - $1 })
        // The first item is its own mean.
        if residual.count > 1 { residual.variance += weight * (about - residual.variance) }
        for band in offset.indices {
            residual.mean[band] += weight * (offset[band] - residual.mean[band])
            residual.recent[band] += weight * (offset[band] - residual.recent[band])
        }
        residual.recentWeight += weight * (1 - residual.recentWeight)
        residuals[material] = residual
    }

    /// The references have changed by this (logarithm by band): what was read against the old ones since they were
    /// taken was off by a part of it, and what was read before was not.
    ///
    /// - Parameter change: nil if it is not known.
    mutating func referencesChanged(by change: [Double]?) {
        let part = change.map(partShown) ?? 0
        for (material, residual) in residuals {
            var residual = residual
            if let change, change.count == residual.mean.count {
                for band in change.indices { residual.mean[band] -= part * residual.recentWeight * change[band] }
            }
            residual.recent = residual.mean.map { _ in 0 }
            residual.recentWeight = 0
            residuals[material] = residual
        }
    }

    /// How much of a change the items since the last references showed, as a mean: all of it if it came at once after
    /// them, half if it came steadily. The projection on the change, 0 to 1.
    private func partShown(of change: [Double]) -> Double {
        var (shown, weight) = (0.0, 0.0)
        for residual in inOrder where residual.recent.count == change.count {
            shown += zip(residual.recent, change).reduce(0) { $0 + $1.0 * $1.1 }
            weight += residual.recentWeight
        }
        let whole = weight * change.reduce(0) { $0 + $1 * $1 }
        return whole > 0 ? min(1, max(0, shown / whole)) : 0
    }

    /// A sum in the order of a dictionary would be another one in every process.
    private var inOrder: [Residual] { Material.allCases.compactMap { residuals[$0] } }

    /// The error of the references that the items show; 0 if it may as well be chance.
    var error: Double {
        let speaking = inOrder.filter { $0.count >= Self.leastItems }
        guard let bands = speaking.first?.mean.count, speaking.allSatisfy({ $0.mean.count == bands }) else { return 0 }
        let share = 1 / Double(speaking.count)
        var mean = [Double](repeating: 0, count: bands)
        var chance = 0.0
        for residual in speaking {
            for band in mean.indices { mean[band] += share * residual.mean[band] }
            chance += share * share * residual.chance
        }
        let square = BandShape.meanSquare(mean)
        return square > Self.significance * chance ? (square - chance).squareRoot() : 0
    }
}
