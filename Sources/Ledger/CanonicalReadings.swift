import ClusterAPI
import FoundationEssentials

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
