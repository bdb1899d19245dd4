import GRDB

/// Changes a database behind the back of its owner, for planted bugs.
enum Tampering {
    /// A disk that refuses leaves everything as it is.
    static func execute(_ sql: String, on path: String) {
        guard let database = try? DatabaseQueue(path: path) else { return }
        try? database.write { try $0.execute(sql: sql) }
        try? database.close()
    }

    static let editEntry = """
        DROP TRIGGER IF EXISTS entry_is_never_changed;
        UPDATE entry SET unix_milliseconds = unix_milliseconds + 1
        WHERE sequence = (SELECT max(sequence) FROM entry) - 3;
        """
    static let forgetOpen = "DELETE FROM returns WHERE outcome IS NULL"
    static let countAgain = "UPDATE totals SET units = units + 1"
}
