import Vocabulary

/// Plastic packaging placed on the market, per year: the denominator of the objective.
///
/// Read from a text with the columns `year,material,tonnes`, one line per year and material. Only plastics are kept;
/// other materials may stand in the file and are checked like them.
public struct PlacedOnMarket: Hashable, Sendable {
    /// By year; a year without plastic is not in it.
    public var plasticMilligrams: [Int: Int64]

    /// The first line of the text, to the letter.
    public static let header = "year,material,tonnes"
    /// A longer text is refused.
    public static let byteLimit = 1 << 20
    /// Ten thousand million tonnes a line is more than the world makes of anything packed.
    static let wholeTonneDigitsLimit = 9
    /// A milligram is a thousand millionth of a tonne.
    static let fractionDigitsLimit = 9

    /// Throws `PlacedOnMarketError`, which names the line, for anything that is not exactly as described.
    public init(csv: String) throws(PlacedOnMarketError) {
        guard csv.utf8.count <= Self.byteLimit else {
            throw PlacedOnMarketError(
                line: 1, message: "the file has \(csv.utf8.count) bytes, at most \(Self.byteLimit) are read")
        }
        var seen: Set<Key> = []
        plasticMilligrams = [:]
        for (line, text) in Self.lines(csv).enumerated() {
            guard line > 0 else {
                try Self.checkHeader(text)
                continue
            }
            guard !text.isEmpty else { continue }
            let (key, milligrams) = try Self.parse(text, line: line + 1)
            guard seen.insert(key).inserted else {
                throw PlacedOnMarketError(
                    line: line + 1, message: "\(key.material.rawValue) of \(key.year) is there twice")
            }
            try add(milligrams, of: key, line: line + 1)
        }
        guard !seen.isEmpty else { throw PlacedOnMarketError(line: 2, message: "the file holds no figures") }
    }

    private struct Key: Hashable {
        var year: Int
        var material: Material
    }

    private mutating func add(_ milligrams: Int64, of key: Key, line: Int) throws(PlacedOnMarketError) {
        guard key.material.isPlastic else { return }
        let (sum, overflows) = plasticMilligrams[key.year, default: 0].addingReportingOverflow(milligrams)
        guard !overflows else {
            throw PlacedOnMarketError(line: line, message: "the plastic of \(key.year) adds up to too much")
        }
        plasticMilligrams[key.year] = sum
    }

    private static func lines(_ csv: String) -> [Substring] {
        let text = csv.hasPrefix("\u{FEFF}") ? csv.dropFirst() : Substring(csv)
        return text.split(omittingEmptySubsequences: false) { $0.isNewline }
    }

    private static func checkHeader(_ text: Substring) throws(PlacedOnMarketError) {
        guard text == header else {
            throw PlacedOnMarketError(line: 1, message: "expected the header \"\(header)\", found \"\(text)\"")
        }
    }

    private static func parse(_ text: Substring, line: Int) throws(PlacedOnMarketError) -> (Key, Int64) {
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count == 3 else {
            throw PlacedOnMarketError(line: line, message: "expected 3 columns (\(header)), found \(fields.count)")
        }
        guard let year = Int(fields[0]), UTCYear.bounds.contains(year) else {
            throw PlacedOnMarketError(
                line: line,
                message: "year is \"\(fields[0])\", allowed are \(UTCYear.bounds.lowerBound) to "
                    + "\(UTCYear.bounds.upperBound)")
        }
        guard let material = Material(rawValue: String(fields[1])) else {
            let known = Material.allCases.map(\.rawValue).joined(separator: ", ")
            throw PlacedOnMarketError(line: line, message: "material is \"\(fields[1])\", known are \(known)")
        }
        guard let milligrams = milligrams(tonnes: fields[2]) else {
            throw PlacedOnMarketError(
                line: line,
                message: "tonnes is \"\(fields[2])\", expected a number such as 1234 or 1234.5 (no sign, at most "
                    + "\(wholeTonneDigitsLimit) digits before the point and \(fractionDigitsLimit) after it)")
        }
        return (Key(year: year, material: material), milligrams)
    }

    /// Exact: no floating-point number is made on the way.
    private static func milligrams(tonnes: Substring) -> Int64? {
        let parts = tonnes.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isDigit) }),
            parts[0].utf8.count <= wholeTonneDigitsLimit, let whole = Int64(parts[0])
        else { return nil }
        guard parts.count == 2 else { return whole * 1_000_000_000 }
        let missing = fractionDigitsLimit - parts[1].utf8.count
        guard missing >= 0, let fraction = Int64(parts[1] + String(repeating: "0", count: missing)) else { return nil }
        return whole * 1_000_000_000 + fraction
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

/// What is wrong with a file of figures, and where.
public struct PlacedOnMarketError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Counted from 1.
    public var line: Int
    public var message: String
    public var description: String { "line \(line): \(message)" }
}
