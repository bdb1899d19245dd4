import Vocabulary

/// What a site may choose about how evidence is weighed.
public struct FusionOptions: Hashable, Sendable {
    /// A material less probable than this, in thousandths, is not named; 501 to 1000.
    public var decidingPermille: Int = 900
    /// A reusable item whose mass is off by more than the type's tolerance, but by no more than this many tolerances,
    /// is worn or damaged; at least 1. Beyond that it is not an item of this type.
    public var wornMassFactor: Double = 3

    public init() {}
}
