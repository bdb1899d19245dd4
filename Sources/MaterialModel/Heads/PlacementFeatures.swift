/// What the model looks at, of one placement of an item before the head.
public struct PlacementFeatures: Hashable, Sendable {
    /// The numbers that classes are told by.
    public var values: [Double]
    /// How strong the shape is that was scaled to one: without it there is only noise to look at.
    public var contrast: Double
    /// How far the curve is from a straight line, relative to its brightness: glass and metal have no bands at all.
    public var structure: Double
    /// Mean reflectance, 1 is white.
    public var brightness: Double

    public init(values: [Double], contrast: Double, structure: Double, brightness: Double) {
        (self.values, self.contrast, self.structure, self.brightness) = (values, contrast, structure, brightness)
    }
}
