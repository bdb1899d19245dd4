/// A decimal number without rounding, such as a scale of 0.1. The same number is always the same value: trailing zeros
/// of the fraction are not kept.
public struct ExactDecimal: Hashable, Sendable, Comparable {
    /// What a person may write has at most so many digits, and so many of them after the point.
    public static let digitsLimit = 18
    public static let decimalsLimit = 9

    /// The number times ten to the power of `decimals`.
    private let mantissa: Int128
    private let decimals: Int

    public static let zero = ExactDecimal(0)
    public static let one = ExactDecimal(1)

    public init(_ whole: Int128) {
        self.init(mantissa: whole, decimals: 0)
    }

    private init(mantissa: Int128, decimals: Int) {
        var mantissa = mantissa
        var decimals = decimals
        while decimals > 0, mantissa % 10 == 0 {
            mantissa /= 10
            decimals -= 1
        }
        self.mantissa = mantissa
        self.decimals = decimals
    }

    /// Nil unless the text is digits with perhaps a sign and a point, such as `-0.05`, within the limits above.
    public init?(_ text: String) {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            parts.joined().count <= Self.digitsLimit, let number = Int128(parts.joined())
        else { return nil }
        let decimals = parts.count == 2 ? parts[1].count : 0
        guard decimals <= Self.decimalsLimit else { return nil }
        self.init(mantissa: text.hasPrefix("-") ? -number : number, decimals: decimals)
    }

    /// Nil if it does not fit 128 bits.
    public func times(_ other: ExactDecimal) -> ExactDecimal? {
        let (product, overflow) = mantissa.multipliedReportingOverflow(by: other.mantissa)
        return overflow ? nil : ExactDecimal(mantissa: product, decimals: decimals + other.decimals)
    }

    /// Nil if it does not fit 128 bits.
    public func plus(_ other: ExactDecimal) -> ExactDecimal? {
        let common = max(decimals, other.decimals)
        guard let left = raised(mantissa, by: common - decimals),
            let right = raised(other.mantissa, by: common - other.decimals)
        else { return nil }
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? nil : ExactDecimal(mantissa: sum, decimals: common)
    }

    /// With the point moved so many places to the left, or to the right if that is negative; nil if the number does not
    /// fit 128 bits then.
    public func shifted(left places: Int) -> ExactDecimal? {
        if decimals + places >= 0 { return ExactDecimal(mantissa: mantissa, decimals: decimals + places) }
        return raised(mantissa, by: -(decimals + places)).map { ExactDecimal($0) }
    }

    /// The nearest whole number, halves away from zero.
    public var rounded: Int128 {
        guard decimals > 0, let divisor = raised(1, by: decimals) else { return decimals > 0 ? 0 : mantissa }
        let (quotient, rest) = mantissa.quotientAndRemainder(dividingBy: divisor)
        guard rest.magnitude >= divisor.magnitude / 2 else { return quotient }
        return quotient + (mantissa < 0 ? -1 : 1)
    }

    /// Nil if there is anything behind the point.
    public var whole: Int128? { decimals == 0 ? mantissa : nil }

    /// The nearest `Double` while mantissa and power of ten are exact in one, and next to it otherwise.
    public var double: Double {
        guard let divisor = raised(1, by: decimals) else {
            return (0..<decimals).reduce(Double(mantissa)) { number, _ in number / 10 }
        }
        return Double(mantissa) / Double(divisor)
    }

    public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        let common = max(left.decimals, right.decimals)
        guard let leftMantissa = raised(left.mantissa, by: common - left.decimals),
            let rightMantissa = raised(right.mantissa, by: common - right.decimals)
        else { return left.double < right.double }
        return leftMantissa < rightMantissa
    }
}

extension ExactDecimal: CustomStringConvertible {
    public var description: String {
        guard decimals > 0 else { return "\(mantissa)" }
        let digits = String(mantissa.magnitude)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return "\(mantissa < 0 ? "-" : "")\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
    }
}

/// Times ten to the power of `places`; nil if that does not fit.
private func raised(_ number: Int128, by places: Int) -> Int128? {
    var result = number
    for _ in 0..<places {
        let (product, overflow) = result.multipliedReportingOverflow(by: 10)
        guard !overflow else { return nil }
        result = product
    }
    return result
}
