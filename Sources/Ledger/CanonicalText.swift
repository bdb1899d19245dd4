import ClusterAPI
import FoundationEssentials

/// Builds canonical JSON by hand where a general encoder costs too much: raw readings are hundreds of numbers for each
/// item. Byte for byte what `CanonicalJSON` gives; a test compares the two.
struct CanonicalText {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    var data: Data { Data(bytes) }

    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ text: some StringProtocol) { bytes.append(contentsOf: text.utf8) }

    mutating func append(contentsOf more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    mutating func append(_ bytes: Data) {
        bytes.withUnsafeBytes { self.bytes.append(contentsOf: $0) }
    }

    mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        DecimalDigits.withText(of: Number.self) {
            $0.prepend(number)
        } _: {
            bytes.append(contentsOf: $0)
        }
    }

    mutating func append<Number: FixedWidthInteger>(_ numbers: [Number]) {
        bytes.append(UInt8(ascii: "["))
        DecimalDigits.withText(of: Number.self, count: numbers.count) { digits in
            for index in numbers.indices.reversed() {
                digits.prepend(numbers[index])
                if index > 0 { digits.prepend(UInt8(ascii: ",")) }
            }
        } _: {
            bytes.append(contentsOf: $0)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    mutating func append(_ flag: Bool) { append(flag ? "true" : "false" as StaticString) }

    /// Lower-case hexadecimal digits.
    mutating func appendHexadecimal(_ data: Data) {
        data.withUnsafeBytes { ClusterAPI.appendHexadecimal($0, to: &bytes) }
    }
}

extension ReadingsV1 {
    /// The bytes that are kept.
    var canonicalBytes: Data {
        var text = CanonicalText(capacity: 4096)
        text.append("{")
        text.append("\"massMilligrams\":", massMilligrams) { text, value in text.append(value) }
        text.append("\"metal\":", metal) { text, value in text.append(value) }
        text.append("\"presence\":", presence) { text, value in text.append(value) }
        text.append("\"spectrum\":", spectrum) { text, bands in
            text.append("{\"dark\":")
            text.append(bands.dark)
            text.append(",\"integrationMicroseconds\":")
            text.append(bands.integrationMicroseconds)
            text.append(",\"raw\":")
            text.append(bands.raw)
            text.append(",\"wavelengthsDecinanometres\":")
            text.append(bands.wavelengthsDecinanometres)
            text.append(",\"white\":")
            text.append(bands.white)
            text.append("}")
        }
        text.append("\"tag\":", tag) { text, field in
            text.append("{")
            if let number = field.number {
                text.append("\"number\":")
                text.append(number)
            }
            text.append("}")
        }
        text.append("\"version\":")
        text.append(version)
        text.append("}")
        return text.data
    }
}

extension CanonicalText {
    /// An absent reading is an absent key.
    fileprivate mutating func append<Value>(
        _ key: StaticString, _ reading: ReadingsV1.Reading<Value>?, _ value: (inout CanonicalText, Value) -> Void
    ) {
        guard let reading else { return }
        append(key)
        append("{\"atNanoseconds\":")
        append(reading.atNanoseconds)
        if let failure = reading.failure {
            append(",\"failure\":\"")
            append(failure.rawValue)
            append("\"")
        }
        if let read = reading.value {
            append(",\"value\":")
            value(&self, read)
        }
        append("},")
    }
}
