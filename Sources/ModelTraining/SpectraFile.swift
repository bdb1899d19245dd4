import FoundationEssentials
import MaterialModel
import Vocabulary

/// One measurement of one placement of an object.
public struct Scan: Hashable, Sendable {
    public var object: String
    public var session: String
    /// The label as it stands in the file, upper case; `UNKNOWN` where there is none.
    public var material: String
    /// Reflectance per channel of the file.
    public var values: [Double]
    public var line: Int

    public static let unlabelled = "UNKNOWN"
}

/// Measured spectra as a table with a head: one scan per line, columns found by their names.
///
/// `session`, `object` and `material` must be there; reflectances are in columns `r_NANOMETRES` of a spectrometer or
/// `refl_NANOMETRES` of an 8-LED head. Other columns are not looked at.
public struct SpectraFile: Sendable {
    /// Above this the spectrometer of the data has only noise.
    public static let lastNanometre = 1720.0
    /// What is larger is not read: such a table would not fit a small machine's memory.
    public static let byteLimit = 64 << 20

    public var name: String
    public var head: NIRHeadKind
    public var channelsNanometres: [Double]
    public var scans: [Scan]
    /// A sentence for every line that could not be used, with file, line and column.
    public var complaints: [String] = []

    private struct Columns {
        var session: Int
        var object: Int
        var material: Int
        var channels: [Int]
        var names: [String]
        var greatest: Int { max(max(session, object, material), channels.max() ?? 0) }
    }

    /// - Throws: a sentence if this is no such table at all.
    public init(data: Data, name: String) throws(TrainingError) {
        guard data.count <= Self.byteLimit else {
            throw TrainingError("\(name): it has \(data.count) bytes, at most \(Self.byteLimit) are read. Split it.")
        }
        // A byte order mark would make the first column's name another one.
        let text = String(decoding: data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data, as: UTF8.self)
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard let first = lines.first, let names = fields(ofLine: first) else {
            throw TrainingError("\(name):1: the columns' names were looked for; the line cannot be read as a table.")
        }
        let (head, columns, channels) = try Self.columns(names, name: name)
        (self.name, self.head, channelsNanometres, scans) = (name, head, channels, [])
        for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty {
            take(line, number: index + 1, columns)
        }
        dropRelabelled()
        if scans.isEmpty { throw TrainingError("\(name): no line of it can be used. " + complaints.prefix(3).joined()) }
    }

    private static func columns(
        _ names: [String], name: String
    ) throws(TrainingError) -> (NIRHeadKind, Columns, [Double]) {
        func place(_ wanted: String) throws(TrainingError) -> Int {
            guard let place = names.firstIndex(of: wanted) else {
                throw TrainingError(
                    "\(name):1: there is no column \"\(wanted)\". Name it in the first line; needed are session, "
                        + "object, material and reflectances as r_NANOMETRES or refl_NANOMETRES.")
            }
            return place
        }
        func channels(_ prefix: String) -> [(place: Int, nanometres: Double)] {
            names.enumerated().compactMap { place, name in
                guard name.hasPrefix(prefix), let nanometres = Double(name.dropFirst(prefix.count)),
                    nanometres <= lastNanometre
                else { return nil }
                return (place, nanometres)
            }.sorted { $0.nanometres < $1.nanometres }
        }
        let (spectrometer, leds) = (channels("r_"), channels("refl_"))
        guard spectrometer.isEmpty != leds.isEmpty else {
            throw TrainingError(
                "\(name):1: reflectances were looked for in columns r_NANOMETRES (spectrometer) or refl_NANOMETRES "
                    + "(8-LED head); there are \(spectrometer.count) of the one and \(leds.count) of the other kind.")
        }
        let found = spectrometer.isEmpty ? leds : spectrometer
        if zip(found, found.dropFirst()).contains(where: { $0.nanometres == $1.nanometres }) {
            throw TrainingError("\(name):1: a wavelength occurs twice among the columns. Remove one of them.")
        }
        let columns = Columns(
            session: try place("session"), object: try place("object"), material: try place("material"),
            channels: found.map(\.place), names: names)
        return (spectrometer.isEmpty ? .led8 : .spectrometer, columns, found.map(\.nanometres))
    }

    private mutating func take(_ line: Substring, number: Int, _ columns: Columns) {
        func complain(_ column: Int?, _ what: String) {
            let place = column.map { ", column \(columns.names[$0])" } ?? ""
            complaints.append("\(name):\(number)\(place): \(what); the line is not used.")
        }
        guard let cells = fields(ofLine: line) else { return complain(nil, "a quote is not closed") }
        guard cells.count > columns.greatest else {
            return complain(nil, "it has \(cells.count) fields instead of \(columns.names.count)")
        }
        for (column, word) in [(columns.session, "session"), (columns.object, "object")] where cells[column].isEmpty {
            return complain(column, "the \(word) is empty")
        }
        var values: [Double] = []
        values.reserveCapacity(columns.channels.count)
        for column in columns.channels {
            guard let value = Double(cells[column]), value.isFinite else {
                return complain(column, "\"\(cells[column])\" is no number")
            }
            values.append(value)
        }
        let label = cells[columns.material].uppercased()
        scans.append(
            Scan(
                object: cells[columns.object], session: cells[columns.session],
                material: label.isEmpty ? Scan.unlabelled : label, values: values, line: number))
    }

    /// An object is of one material: lines that say another one than its first are not used.
    private mutating func dropRelabelled() {
        var first: [String: Scan] = [:]
        var kept: [Scan] = []
        for scan in scans {
            let known = first[scan.object] ?? scan
            first[scan.object] = known
            if known.material == scan.material {
                kept.append(scan)
            } else {
                complaints.append(
                    "\(name):\(scan.line), column material: \(scan.object) is \(scan.material) here and "
                        + "\(known.material) in line \(known.line); the line is not used.")
            }
        }
        scans = kept
    }
}

/// Why a model cannot be trained or evaluated: sentences.
public struct TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    public var description: String { message }
    public init(_ message: String) { self.message = message }
}
