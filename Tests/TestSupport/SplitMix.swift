import SmallNumerics

/// A small generator with a seed, so that a failure can be repeated.
public typealias SplitMix = SplitMix64
