/// What an item is made of: a closed set, with `unknown` as an honest result.
public enum Material: String, CaseIterable, Codable, Hashable, Sendable {
    case pet, hdpe, ldpe, pp, ps, pvc, pla
    case fibre, glass, aluminium, steel, other, unknown

    /// Counted as plastic in the cluster's objective.
    public var isPlastic: Bool {
        switch self {
        case .pet, .hdpe, .ldpe, .pp, .ps, .pvc, .pla: true
        case .fibre, .glass, .aluminium, .steel, .other, .unknown: false
        }
    }

    /// Seen by the inductive sensor.
    public var isMetal: Bool {
        switch self {
        case .aluminium, .steel: true
        case .pet, .hdpe, .ldpe, .pp, .ps, .pvc, .pla, .fibre, .glass, .other, .unknown: false
        }
    }
}

/// Where an accepted item's material goes. The two are never mixed.
public enum Stream: String, CaseIterable, Codable, Hashable, Sendable {
    /// Back into circulation.
    case reuse
    /// Worn, damaged or single-use: the material is recovered.
    case recycling
}
