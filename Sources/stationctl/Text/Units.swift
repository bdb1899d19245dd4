import Vocabulary

/// Grams with one decimal, half a tenth rounded away from zero.
func gramsText(milligrams: Int64) -> String {
    let (tenths, rest) = milligrams.magnitude.quotientAndRemainder(dividingBy: 100)
    let rounded = tenths + (rest >= 50 ? 1 : 0)
    let sign = milligrams < 0 && rounded > 0 ? "-" : ""
    return "\(sign)\(rounded / 10).\(rounded % 10)"
}

/// Megabytes (by 1000) with one decimal, rounded down.
func megabytesText(bytes: Int64) -> String {
    let tenths = bytes / 100_000
    return "\(tenths / 10).\(tenths % 10) MB"
}

/// Per cent with one decimal.
func percentText(permille: Int) -> String {
    "\(permille / 10).\(permille % 10) %"
}

/// The two largest units that say something: `3 d 4 h`, `5 min 2 s`.
func durationText(seconds: Int64) -> String {
    let parts = [
        (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s"),
    ]
    guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "0 s" }
    return parts[first...].prefix(2).filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " ")
}

/// Date and time of day in UTC to the second, as RFC 3339 with a space.
func timeText(unixMilliseconds: Int64) -> String {
    let seconds = floored(unixMilliseconds, 1000)
    let day = floored(seconds, 86_400)
    let second = seconds - day * 86_400
    let (year, month, dayOfMonth) = civilDate(daysSince1970: day)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2)) "
        + "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))Z"
}

/// The Gregorian date of a day, by 400-year eras that begin on 1 March (Howard Hinnant, "chrono-Compatible Low-Level
/// Date Algorithms", civil_from_days).
private func civilDate(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = daysSince1970 + 719_468
    let era = floored(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
}

private func floored(_ number: Int64, _ divisor: Int64) -> Int64 {
    number.flooredQuotient(dividingBy: divisor)
}

private func padded(_ number: Int64, _ width: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// The time of day in UTC to the millisecond: `22:13:20.999Z`.
func clockText(unixMilliseconds: Int64) -> String {
    let time = timeText(unixMilliseconds: unixMilliseconds).suffix(9).dropLast()
    let milliseconds = unixMilliseconds - unixMilliseconds.flooredQuotient(dividingBy: 1000) * 1000
    return "\(time).\(padded(milliseconds, 3))Z"
}
