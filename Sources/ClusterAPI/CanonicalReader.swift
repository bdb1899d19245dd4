import FoundationEssentials

/// Takes canonical JSON apart key by key, in the order in which `CanonicalText` has put it together: a general decoder
/// costs many times as much, and reports and starts read thousands of entries. Whatever is not written exactly so is
/// nil here, and left to the general decoder.
public struct CanonicalReader {
    @usableFromInline let bytes: UnsafeRawBufferPointer
    @usableFromInline var place = 0

    /// Nil if `read` is, or has left something over.
    public static func read<Value>(_ bytes: Data, _ read: (inout CanonicalReader) -> Value?) -> Value? {
        bytes.withUnsafeBytes { buffer in
            var reader = CanonicalReader(bytes: buffer)
            guard let value = read(&reader), reader.place == buffer.count else { return nil }
            return value
        }
    }

    private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    @inlinable var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    @inlinable
    func comesNext(_ text: StaticString) -> Bool {
        let end = place + text.utf8CodeUnitCount
        guard end <= bytes.count else { return false }
        for (offset, byte) in UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount).enumerated()
        where bytes[place + offset] != byte { return false }
        return true
    }

    /// Goes on behind the text; false if it does not come next.
    @inlinable
    public mutating func take(_ text: StaticString) -> Bool {
        guard comesNext(text) else { return false }
        place += text.utf8CodeUnitCount
        return true
    }

    /// Nil also if it does not fit, and for digits that say it in another way, such as leading zeros.
    @inlinable
    public mutating func number<Number: FixedWidthInteger>(_ key: StaticString) -> Number? {
        guard take(key) else { return nil }
        let isNegative = take("-")
        let start = place
        var number: Number = 0
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            let (tens, isTooMuch) = number.multipliedReportingOverflow(by: 10)
            let digit = Number(truncatingIfNeeded: byte - UInt8(ascii: "0"))
            let (sum, overflows) =
                isNegative ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
            guard !isTooMuch, !overflows else { return nil }
            number = sum
            place += 1
        }
        guard place > start else { return nil }
        let hasLeadingZero = bytes[start] == UInt8(ascii: "0") && (place > start + 1 || isNegative)
        return hasLeadingZero ? nil : number
    }

    @inlinable
    public mutating func flag(_ key: StaticString) -> Bool? {
        guard take(key) else { return nil }
        if take("true") { return true }
        return take("false") ? false : nil
    }

    /// One of our closed sets of words, or a permitted name: nothing in them is ever escaped.
    @inlinable
    public mutating func word<Word: RawRepresentable<String>>(_ key: StaticString) -> Word? {
        guard take(key), take("\"") else { return nil }
        let start = place
        while let byte = next, byte != UInt8(ascii: "\"") { place += 1 }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        return take("\"") ? Word(rawValue: text) : nil
    }

    /// An absent key is an absent value: the inner nil.
    @inlinable
    public mutating func optionalWord<Word: RawRepresentable<String>>(_ key: StaticString) -> Word?? {
        comesNext(key) ? word(key).map(Optional.some) : .some(nil)
    }

    @inlinable
    public mutating func optionalNumber<Number: FixedWidthInteger>(_ key: StaticString) -> Number?? {
        comesNext(key) ? number(key).map(Optional.some) : .some(nil)
    }

    /// Text in which nothing is escaped: printable ASCII.
    public mutating func text(_ key: StaticString) -> String? {
        guard take(key), take("\"") else { return nil }
        let start = place
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard isPlain(byte) else { return nil }
            place += 1
        }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        return take("\"") ? text : nil
    }
}

/// Whether JSON may hold this byte in a string as it is, and nothing else means the same.
func isPlain(_ byte: UInt8) -> Bool {
    (UInt8(ascii: " ")...UInt8(ascii: "~")).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
}
