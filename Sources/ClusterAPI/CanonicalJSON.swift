import FoundationEssentials

/// The one encoding of everything that is hashed or signed: UTF-8 JSON, object keys sorted, no white space, no
/// escaped slashes, integers only (no type of ours that is hashed holds a floating-point number).
///
/// Receivers hash and verify the bytes that they got; nothing is ever encoded again to be compared.
public enum CanonicalJSON {
    public static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    public static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
        try JSONDecoder().decode(type, from: data)
    }
}
