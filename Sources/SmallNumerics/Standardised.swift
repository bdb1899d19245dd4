/// Standard normal variate: mean 0, variance 1 (Barnes, Dhanoa and Lister, Applied Spectroscopy 43, 1989, 772).
public struct Standardised: Hashable, Sendable {
    public let values: [Double]
    /// The root mean square deviation that was divided by.
    public let contrast: Double

    /// - Parameter floor: added to the variance, so that a straight line gives zeros and not a division by zero.
    public init(_ curve: [Double], floor: Double) {
        let centre = mean(curve)
        var values = curve
        var square = 0.0
        for index in values.indices {
            values[index] -= centre
            square += values[index] * values[index]
        }
        let variance = square / Double(max(curve.count, 1))
        contrast = variance.squareRoot()
        let divisor = (variance + floor).squareRoot()
        for index in values.indices { values[index] /= divisor }
        self.values = values
    }
}
