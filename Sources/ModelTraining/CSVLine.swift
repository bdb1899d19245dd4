/// The fields of one line of comma-separated values; a field in quotes may hold commas, and quotes as two (RFC 4180).
/// Nil if a quote is not closed.
func fields(ofLine line: Substring) -> [String]? {
    guard line.utf8.contains(UInt8(ascii: "\"")) else {
        return line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    var fields = [""]
    var isQuoted = false
    var previous: Character?
    for character in line {
        defer { previous = character }
        if character == "\"" {
            isQuoted.toggle()
            // The second of two quotes inside a field stands for one.
            if isQuoted, previous == "\"" { fields[fields.count - 1].append("\"") }
        } else if character == ",", !isQuoted {
            fields.append("")
        } else {
            fields[fields.count - 1].append(character)
        }
    }
    return isQuoted ? nil : fields
}
