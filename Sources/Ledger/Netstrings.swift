import ClusterAPI
import FoundationEssentials

/// Fields one behind the other, each as `length:bytes,`, in memory that is lent: every entry that is stored or checked
/// is hashed, and nothing is allocated for it.
struct Netstrings {
    private let room: UnsafeMutableRawBufferPointer
    private var count = 0

    /// A field's length, its colon and its comma.
    private static let frameBytes = 22
    private static let numberBytes = 20

    /// Lends `use` what `write` has added.
    /// - Parameters:
    ///   - fields: how many are added, `numbers` of them being numbers.
    ///   - bytes: of all other fields together.
    static func write<Result>(
        fields: Int, numbers: Int, bytes: Int, _ write: (inout Netstrings) -> Void,
        _ use: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let limit = fields * frameBytes + numbers * numberBytes + bytes
        return withUnsafeTemporaryAllocation(byteCount: limit, alignment: 1) { room in
            var netstrings = Netstrings(room: room)
            write(&netstrings)
            return use(UnsafeRawBufferPointer(rebasing: room[..<netstrings.count]))
        }
    }

    private init(room: UnsafeMutableRawBufferPointer) { self.room = room }

    mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    mutating func add(_ number: Int64) {
        DecimalDigits.withText {
            $0.prepend(number: number)
        } _: {
            add($0)
        }
    }

    mutating func add(_ field: Data) { field.withUnsafeBytes { add($0) } }

    mutating func addHexadecimal(_ field: Data) {
        putLength(2 * field.count)
        field.withUnsafeBytes { bytes in
            for byte in bytes {
                put(hexadecimalDigit(byte >> 4))
                put(hexadecimalDigit(byte & 15))
            }
        }
        put(UInt8(ascii: ","))
    }

    private mutating func add(_ field: UnsafeRawBufferPointer) {
        putLength(field.count)
        put(field)
        put(UInt8(ascii: ","))
    }

    private mutating func putLength(_ length: Int) {
        DecimalDigits.withText {
            $0.prepend(number: length)
        } _: {
            put($0)
        }
        put(UInt8(ascii: ":"))
    }

    private mutating func put(_ byte: UInt8) {
        room[count] = byte
        count += 1
    }

    private mutating func put(_ bytes: UnsafeRawBufferPointer) {
        let end = count + bytes.count
        UnsafeMutableRawBufferPointer(rebasing: room[count..<end]).copyMemory(from: bytes)
        count = end
    }
}
