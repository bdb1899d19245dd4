/// Derivatives by fitting a polynomial to neighbouring values (Savitzky and Golay, Analytical Chemistry 36, 1964).
public enum SavitzkyGolay {
    /// The weights of the values in a window, left to right, whose sum is the derivative in its middle, per step.
    ///
    /// They are row `derivative` of (JᵀJ)⁻¹Jᵀ times derivative!, with J the powers 0 to `order` of the places. The
    /// window is odd, `derivative` <= `order` < `window`; otherwise nil.
    public static func coefficients(window: Int, order: Int, derivative: Int) -> [Double]? {
        guard window > 0, window % 2 == 1, (0..<window).contains(order), (0...order).contains(derivative) else {
            return nil
        }
        let half = window / 2
        let powers = (-half...half).map { place -> [Double] in
            var power = 1.0
            return (0...order).map { _ in
                defer { power *= Double(place) }
                return power
            }
        }
        var normal = Matrix(rows: order + 1, columns: order + 1)
        for row in powers { normal.addOuter(row) }
        var unit = Matrix(rows: order + 1, columns: 1)
        unit[derivative, 0] = (1...max(derivative, 1)).reduce(1) { $0 * Double($1) }
        guard let solved = Cholesky(normal)?.solve(unit) else { return nil }
        return powers.map { dot($0, solved.values) }
    }
}
