import FoundationEssentials

/// Measured scans in a comma-separated file: columns `object`, `material` and one `r_<nanometres>` per band, others are
/// passed over. Scans whose `dark_corrected` is 0 and those without a material or with a missing band are left out.
extension SpectraLibrary {
    /// Bytes of a file that may be read.
    public static let measuredByteLimit = 64 << 20

    /// The library with the file's scans resampled onto its bands; items of their classes then replay them.
    public func replaying(csv: String, file: String) throws(SpectraError) -> SpectraLibrary {
        guard csv.utf8.count <= Self.measuredByteLimit else {
            throw SpectraError(
                "\(file): has \(csv.utf8.count) bytes; at most \(Self.measuredByteLimit) are read, so leave scans out")
        }
        var lines = csv.utf8.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })[...]
        guard let first = lines.popFirst() else { throw SpectraError("\(file): read as measured spectra; it is empty") }
        let header = try MeasuredHeader(fields: Self.fields(first), file: file)
        var objects: [String: [String: [[Float]]]] = [:]
        for (number, line) in lines.enumerated() {
            guard let scan = try header.scan(fields: Self.fields(line), place: "\(file):\(number + 2)") else {
                continue
            }
            let curve = header.resample(scan.values, onto: wavelengthsDecinanometres)
            objects[scan.material, default: [:]][scan.object, default: []].append(curve)
        }
        guard !objects.isEmpty else {
            throw SpectraError("\(file): no scan with a material in it; check the columns material and dark_corrected")
        }
        var library = self
        for (material, scans) in objects.sorted(by: { $0.key < $1.key }) {
            for (_, curves) in scans.sorted(by: { $0.key < $1.key }) { library.addMeasured(curves, of: material) }
        }
        return library
    }

    private static func fields(_ line: Substring.UTF8View) -> [Substring] {
        line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { Substring($0) }
    }
}

/// Where the columns are.
private struct MeasuredHeader {
    struct Scan {
        var object: String
        var material: String
        var values: [Double]
    }

    var object: Int
    var material: Int
    var isDarkCorrected: Int?
    var bands: Range<Int>
    var nanometres: [Double]

    init(fields: [Substring], file: String) throws(SpectraError) {
        guard let object = fields.firstIndex(of: "object"), let material = fields.firstIndex(of: "material"),
            let firstBand = fields.firstIndex(where: { $0.hasPrefix("r_") })
        else { throw SpectraError("\(file):1: the columns object, material and r_<nanometres> are needed") }
        let numbers = fields[firstBand...].map { $0.hasPrefix("r_") ? Double($0.dropFirst(2)) : nil }
        let nanometres = numbers.prefix { $0 != nil }.compactMap { $0 }
        guard nanometres.count > 1, zip(nanometres, nanometres.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw SpectraError("\(file):1: the columns r_<nanometres> must stand side by side, ascending")
        }
        self.object = object
        self.material = material
        isDarkCorrected = fields.firstIndex(of: "dark_corrected")
        bands = firstBand..<(firstBand + nanometres.count)
        self.nanometres = nanometres
    }

    /// Nil for a scan that is of no use.
    func scan(fields: [Substring], place: String) throws(SpectraError) -> Scan? {
        guard fields.count >= bands.upperBound else {
            throw SpectraError("\(place): \(fields.count) columns, the first line has \(bands.upperBound)")
        }
        if let isDarkCorrected, fields[isDarkCorrected] == "0" { return nil }
        guard !["", "unknown"].contains(fields[material]) else { return nil }
        let values = fields[bands].compactMap { Double($0) }
        guard values.count == bands.count, values.allSatisfy(\.isFinite) else { return nil }
        return Scan(object: String(fields[object]), material: fields[material].lowercased(), values: values)
    }

    /// Straight lines between the neighbours; beyond the ends the last value.
    func resample(_ values: [Double], onto decinanometres: [UInt16]) -> [Float] {
        decinanometres.map { wavelength in
            let target = Double(wavelength) / 10
            guard let right = nanometres.firstIndex(where: { $0 >= target }) else { return Float(values.last ?? 0) }
            guard right > 0 else { return Float(values[0]) }
            let share = (target - nanometres[right - 1]) / (nanometres[right] - nanometres[right - 1])
            return Float(values[right - 1] + share * (values[right] - values[right - 1]))
        }
    }
}
