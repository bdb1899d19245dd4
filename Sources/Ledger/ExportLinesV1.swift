import ClusterAPI
import FoundationEssentials

/// Version 1 of an export as JSON Lines, byte by byte as docs/ledger-format.md has it. Frozen: others verify from that
/// description. Keys are sorted; there is no white space but the line's end.
package enum ExportLinesV1 {
    package static func header(_ header: ExportHeader) -> [UInt8] {
        var line = CanonicalText(capacity: 256)
        line.append("{\"first\":")
        line.append(header.first)
        line.append(",\"format\":\"return-station-ledger-export\",\"last\":")
        line.append(header.last)
        line.append(",\"ledger\":")
        line.appendString(header.identity.ledger.utf8)
        line.append(",\"station\":")
        line.appendString(header.identity.station.utf8)
        line.append(",\"version\":1}\n")
        return line.bytes
    }

    /// Throws if a text of the entry is not UTF-8: JSON could only hold something else than what is stored.
    package static func append(
        _ entry: LedgerEntry, _ readings: Data?, to portion: inout [UInt8]
    ) throws(LedgerError) {
        try check(entry.payload, "payload", of: entry)
        if let readings { try check(readings, "readings", of: entry) }
        var line = CanonicalText(capacity: 1024 + entry.payload.count + (readings?.count ?? 0))
        line.append("{\"boot\":")
        line.appendString(entry.bootID.utf8)
        line.append(",\"clockTrusted\":")
        line.append(entry.clockTrusted)
        line.append(",\"hash\":\"")
        line.appendHexadecimal(entry.hash)
        line.append("\",\"kind\":")
        line.appendString(entry.kind.utf8)
        line.append(",\"monotonicNanoseconds\":")
        line.append(entry.monotonicNanoseconds)
        line.append(",\"payload\":")
        line.appendString(entry.payload)
        line.append(",\"payloadVersion\":")
        line.append(entry.payloadVersion)
        line.append(",\"previousHash\":\"")
        line.appendHexadecimal(entry.previousHash)
        line.append("\",\"readings\":")
        if let readings { line.appendString(readings) } else { line.append("null") }
        line.append(",\"readingsDigest\":\"")
        line.appendHexadecimal(entry.readingsDigest)
        line.append("\",\"sequence\":")
        line.append(entry.sequence)
        line.append(",\"unixMilliseconds\":")
        line.append(entry.unixMilliseconds)
        line.append("}\n")
        portion.append(contentsOf: line.bytes)
    }

    private static func check(_ text: Data, _ name: String, of entry: LedgerEntry) throws(LedgerError) {
        guard String(validating: text, as: UTF8.self) == nil else { return }
        throw LedgerError(
            .damaged,
            "Exporting entry \(entry.sequence): its \(name) is not UTF-8, so this program did not write it. Look at "
                + "the ledger with `stationctl ledger verify`, and export what is before and after that entry.")
    }
}

extension CanonicalText {
    /// A JSON string. Escaped is only what must be: the quotation mark, the backslash and the bytes below 32, these as
    /// `\u00` and two lower-case digits.
    fileprivate mutating func appendString(_ utf8: some Sequence<UInt8>) {
        append("\"")
        for byte in utf8 {
            if byte < 32 {
                append("\\u00")
                appendHexadecimal(Data([byte]))
            } else {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { append("\\") }
                append(byte: byte)
            }
        }
        append("\"")
    }
}
