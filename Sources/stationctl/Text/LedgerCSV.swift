import FoundationEssentials
import Ledger
import Vocabulary

/// `stationctl ledger export --format csv`: a row an entry, for people and their spreadsheets; nobody can verify it.
enum LedgerCSV {
    static let columns = [
        "sequence", "time", "clock_trusted", "kind", "passage", "ends_entry", "outcome", "cause", "packaging_type",
        "material", "stream", "bin", "mass_grams", "confidence_percent", "readings", "payload", "hash",
    ]

    static var header: [UInt8] { Array(line(columns).utf8) }

    static func append(_ entry: LedgerEntry, _ readings: Data?, to portion: inout [UInt8]) {
        // A kind or version of a newer program has its payload and nothing beside it.
        let item = (try? entry.record()).map(ItemCells.init) ?? ItemCells()
        let kept = entry.readingsDigest.isEmpty ? "" : readings == nil ? "removed" : "kept"
        let cells =
            ["\(entry.sequence)", timeCell(entry.unixMilliseconds), "\(entry.clockTrusted)", entry.kind]
            + item.cells + [kept, String(decoding: entry.payload, as: UTF8.self), entry.head.hashText]
        portion.append(contentsOf: line(cells).utf8)
    }

    /// Date and time of day in UTC to the millisecond: spreadsheets take it for one.
    private static func timeCell(_ unixMilliseconds: Int64) -> String {
        "\(timeText(unixMilliseconds: unixMilliseconds).prefix(10)) "
            + clockText(unixMilliseconds: unixMilliseconds).dropLast()
    }

    /// As RFC 4180 has it: quoted where needed, lines end with CR and LF.
    private static func line(_ cells: [String]) -> String {
        cells.map(quoted).joined(separator: ",") + "\r\n"
    }

    private static func quoted(_ cell: String) -> String {
        guard cell.utf8.contains(where: { [UInt8(ascii: ","), UInt8(ascii: "\""), 13, 10].contains($0) }) else {
            return cell
        }
        return "\"\(cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
    }
}

/// What an entry says of an item; empty cells where it says nothing.
private struct ItemCells {
    var passage = ""
    var ends = ""
    var outcome = ""
    var cause = ""
    var packagingType = ""
    var material = ""
    var stream = ""
    var bin = ""
    var mass = ""
    var confidence = ""

    var cells: [String] {
        [passage, ends, outcome, cause, packagingType, material, stream, bin, mass, confidence]
    }

    init() {}

    init(_ record: LedgerRecord) {
        switch record {
        case .accepted(let accepted):
            passage = "\(accepted.passage.rawValue)"
            take(accepted.acceptance)
        case .ended(let ended):
            ends = "\(ended.acceptedSequence)"
            outcome = ended.outcome.rawValue
            cause = ended.cause?.rawValue ?? ""
            take(ended.acceptance)
        case .refused(let refused):
            passage = "\(refused.passage.rawValue)"
            outcome = Outcome.returned.rawValue
            cause = refused.rejection.reason.rawValue
            packagingType = refused.rejection.packagingType?.rawValue ?? ""
            material = refused.rejection.material.rawValue
            mass = refused.massMilligrams.map { Self.decimal($0, places: 3) } ?? ""
            confidence = Self.decimal(Int64(refused.rejection.confidencePermille), places: 1)
        case .corrected(let correction):
            ends = "\(correction.correctedSequence)"
            cause = correction.why
            take(correction.becomes)
        case .started, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped, .clockChanged, .hoursCorrected:
            break
        }
    }

    /// What counts after a correction; nothing of it is measured, so there is neither bin nor confidence.
    private mutating func take(_ item: CountedItem?) {
        outcome = item?.outcome.rawValue ?? "void"
        packagingType = item?.packagingType?.rawValue ?? ""
        material = item?.material.rawValue ?? ""
        stream = item?.stream?.rawValue ?? ""
        mass = item.map { Self.decimal($0.massMilligrams, places: 3) } ?? ""
    }

    private mutating func take(_ acceptance: Acceptance) {
        let identification = acceptance.identification
        packagingType = identification.packagingType?.rawValue ?? ""
        material = identification.material.rawValue
        stream = identification.stream.rawValue
        bin = acceptance.bin.rawValue
        mass = Self.decimal(identification.massMilligrams, places: 3)
        confidence = Self.decimal(Int64(acceptance.confidencePermille), places: 1)
    }

    /// Exactly: milligrams as grams with three places, permille as per cent with one.
    private static func decimal(_ number: Int64, places: Int) -> String {
        let digits = "\(number.magnitude)"
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return "\(number < 0 ? "-" : "")\(padded.dropLast(places)).\(padded.suffix(places))"
    }
}
