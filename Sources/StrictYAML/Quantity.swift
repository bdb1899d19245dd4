/// A number with a unit, such as `300 ms` or `35.5 g`, held as a whole number of the smallest unit.
public struct Quantity: Hashable, Sendable {
    public struct Unit: Hashable, Sendable {
        public var symbol: String
        /// How many of the smallest unit it holds.
        public var factor: Int64

        public init(_ symbol: String, _ factor: Int64) {
            self.symbol = symbol
            self.factor = factor
        }
    }
    /// What it is in words, with an example, as error messages say it.
    public var words: String
    /// Ascending by factor.
    public var units: [Unit]

    public init(words: String, units: [Unit]) {
        self.words = words
        self.units = units
    }

    /// In nanoseconds.
    public static let duration = Quantity(
        words: "a duration such as \"300 ms\"",
        units: [
            Unit("ns", 1), Unit("us", 1000), Unit("ms", 1_000_000), Unit("s", 1_000_000_000),
            Unit("min", 60_000_000_000), Unit("h", 3_600_000_000_000),
            Unit("d", 86_400_000_000_000),
        ])
    /// In bytes; `k`, `M` and `G` are powers of 1000, `Ki`, `Mi` and `Gi` of 1024.
    public static let bytes = Quantity(
        words: "a size such as \"64 MB\"",
        units: [
            Unit("B", 1), Unit("kB", 1000), Unit("KiB", 1024), Unit("MB", 1_000_000), Unit("MiB", 1 << 20),
            Unit("GB", 1_000_000_000), Unit("GiB", 1 << 30),
        ])
    /// In milligrams.
    public static let mass = Quantity(
        words: "a mass such as \"35.5 g\"", units: [Unit("mg", 1), Unit("g", 1000), Unit("kg", 1_000_000)])
    /// In hundredths of a hertz, the step of conveyor drives.
    public static let frequency = Quantity(words: "a frequency such as \"50.00 Hz\"", units: [Unit("Hz", 100)])
    /// In per cent.
    public static let percent = Quantity(words: "a share such as \"90 %\"", units: [Unit("%", 1)])

    /// The amount in the smallest unit; nil if the text is no such quantity, too large for 64 bits or finer than the
    /// smallest unit.
    public func parse(_ text: String) -> Int64? {
        guard let end = text.firstIndex(where: { !($0.isASCII && ($0.isNumber || $0 == "." || $0 == "-")) }),
            let factor = factor(of: text[end...].drop { $0 == " " })
        else { return nil }
        let isNegative = text.hasPrefix("-")
        let parts = text[..<end].dropFirst(isNegative ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isNumber) }),
            let whole = Int64(parts[0]), let fraction = Self.fraction(parts.dropFirst().first ?? "", of: factor)
        else { return nil }
        let (product, overflow) = whole.multipliedReportingOverflow(by: factor)
        let (sum, carry) = product.addingReportingOverflow(fraction)
        guard !overflow, !carry else { return nil }
        return isNegative ? -sum : sum
    }

    /// In the largest unit that needs no fraction, or in the smallest one with its decimals.
    public func render(_ amount: Int64) -> String {
        guard amount != 0 else { return "0" }
        if let unit = units.last(where: { amount % $0.factor == 0 }) {
            return "\(amount / unit.factor) \(unit.symbol)"
        }
        let (whole, rest) = amount.quotientAndRemainder(dividingBy: units[0].factor)
        let decimals = String("\(units[0].factor + abs(rest))".dropFirst())
        return "\(amount < 0 && whole == 0 ? "-" : "")\(whole).\(decimals) \(units[0].symbol)"
    }

    private func factor(of symbol: some StringProtocol) -> Int64? {
        units.first { $0.symbol == symbol }?.factor
    }

    /// The digits after the point as a part of `factor`; nil if that is no whole number.
    private static func fraction(_ digits: Substring, of factor: Int64) -> Int64? {
        guard digits.count <= 9 else { return nil }
        var divisor: Int64 = 1
        for _ in digits { divisor *= 10 }
        guard let number = digits.isEmpty ? 0 : Int64(digits) else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow, product % divisor == 0 else { return nil }
        return product / divisor
    }
}

extension YAMLValue {
    /// A number with a unit, in the quantity's smallest unit.
    public func quantity(_ quantity: Quantity, in range: ClosedRange<Int64>) -> Int64? {
        guard let text = scalarText, let amount = quantity.parse(text) else { return wrong(quantity.words) }
        guard amount >= range.lowerBound else {
            return failed(.belowLeast(value: text, least: quantity.render(range.lowerBound)))
        }
        guard amount <= range.upperBound else {
            return failed(.aboveGreatest(value: text, greatest: quantity.render(range.upperBound)))
        }
        return amount
    }

    /// A number with a unit of time, such as "200 ms".
    public func duration(in range: ClosedRange<Duration>) -> Duration? {
        quantity(.duration, in: nanoseconds(range.lowerBound)...nanoseconds(range.upperBound))
            .map { .nanoseconds($0) }
    }

    /// A number with a unit of storage, such as "64 MB"; in bytes.
    public func bytes(in range: ClosedRange<Int64>) -> Int64? {
        quantity(.bytes, in: range)
    }

    /// Whole per cent.
    public func percent(in range: ClosedRange<Int> = 0...100) -> Int? {
        quantity(.percent, in: Int64(range.lowerBound)...Int64(range.upperBound)).map { Int($0) }
    }
}

private func nanoseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
}
