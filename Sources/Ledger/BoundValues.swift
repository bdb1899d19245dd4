import FoundationEssentials
import GRDBSQLite

/// Takes the values of a statement in the order of its places. SQLite makes copies of its own.
struct BoundValues {
    private let statement: OpaquePointer
    private var count: Int32 = 0
    /// SQLite's first answer that was not OK.
    private(set) var refusal: Int32?

    init(_ statement: OpaquePointer) { self.statement = statement }

    mutating func add(_ number: Int64) { note(sqlite3_bind_int64(statement, next(), number)) }

    mutating func add(_ number: Int64?) {
        if let number { add(number) } else { addNull() }
    }

    mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in addText(UnsafeRawBufferPointer(utf8)) }
    }

    mutating func add(_ text: String?) {
        if let text { add(text) } else { addNull() }
    }

    /// - Parameter utf8: nil is NULL.
    mutating func addText(utf8: Data?) {
        guard let utf8 else { return addNull() }
        utf8.withUnsafeBytes { addText($0) }
    }

    mutating func addBlob(_ bytes: Data) {
        let index = next()
        note(
            bytes.withUnsafeBytes { bytes in
                // Without an address it would be NULL.
                guard let start = bytes.baseAddress else { return sqlite3_bind_zeroblob(statement, index, 0) }
                return sqlite3_bind_blob64(statement, index, start, UInt64(bytes.count), copied)
            })
    }

    mutating func addNull() { note(sqlite3_bind_null(statement, next())) }

    /// Each place has its value: a statement keeps those of its last run.
    func checkNumber() {
        precondition(count == sqlite3_bind_parameter_count(statement), "a statement has other values than places")
    }

    private mutating func addText(_ utf8: UnsafeRawBufferPointer) {
        // An empty buffer may have no address, and would be NULL.
        let start = utf8.baseAddress ?? UnsafeRawPointer(emptyText.utf8Start)
        let text = start.assumingMemoryBound(to: CChar.self)
        note(sqlite3_bind_text64(statement, next(), text, UInt64(utf8.count), copied, UInt8(SQLITE_UTF8)))
    }

    private mutating func next() -> Int32 {
        count += 1
        return count
    }

    private mutating func note(_ result: Int32) {
        if result != SQLITE_OK, refusal == nil { refusal = result }
    }
}

private let emptyText: StaticString = ""

/// SQLITE_TRANSIENT: the memory is the caller's, and only lent.
private var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
