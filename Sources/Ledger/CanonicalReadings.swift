import ClusterAPI
import FoundationEssentials

extension ReadingsV1 {
    /// The bytes that are kept.
    var canonicalBytes: Data {
        var text = CanonicalText(capacity: 4096)
        text.append("{")
        if let furtherSpectra {
            text.append("\"furtherSpectra\":[")
            for (place, reading) in furtherSpectra.enumerated() {
                if place > 0 { text.append(",") }
                text.append(reading) { text, bands in text.append(bands) }
            }
            text.append("],")
        }
        text.append("\"massMilligrams\":", massMilligrams) { text, value in text.append(value) }
        text.append("\"metal\":", metal) { text, value in text.append(value) }
        text.append("\"presence\":", presence) { text, value in text.append(value) }
        text.append("\"spectrum\":", spectrum) { text, bands in text.append(bands) }
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
        append(reading, value)
        append(",")
    }

    fileprivate mutating func append(_ bands: ReadingsV1.Bands) {
        append("{\"dark\":")
        append(bands.dark)
        append(",\"integrationMicroseconds\":")
        append(bands.integrationMicroseconds)
        append(",\"raw\":")
        append(bands.raw)
        append(",\"wavelengthsDecinanometres\":")
        append(bands.wavelengthsDecinanometres)
        append(",\"white\":")
        append(bands.white)
        append("}")
    }

    fileprivate mutating func append<Value>(
        _ reading: ReadingsV1.Reading<Value>, _ value: (inout CanonicalText, Value) -> Void
    ) {
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
        append("}")
    }
}
