/// Calendar years in the hours that totals are kept by. Proleptic Gregorian, UTC.
public enum UTCYear {
    /// Years that can be asked for.
    public static let bounds = 1970...9999

    /// Hours since 1970 that lie in the year, which is within `bounds`.
    public static func hours(of year: Int) -> Range<Int64> {
        firstHour(of: year)..<firstHour(of: year + 1)
    }

    /// The year that holds this hour.
    public static func containing(unixHour: Int64) -> Int {
        // 8765.8128 hours: the mean year, 365.2422 days; at most one off, which the loops correct.
        var year = 1970 + Int(unixHour / 8766)
        while firstHour(of: year) > unixHour { year -= 1 }
        while firstHour(of: year + 1) <= unixHour { year += 1 }
        return year
    }

    private static func firstHour(of year: Int) -> Int64 {
        let before = Int64(year - 1)
        let leapDays = before / 4 - before / 100 + before / 400
        // 719 162 days from 0001-01-01 to 1970-01-01.
        return (before * 365 + leapDays - 719_162) * 24
    }
}
