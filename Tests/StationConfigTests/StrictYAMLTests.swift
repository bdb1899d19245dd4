import StrictYAML
import Testing

@Suite struct StrictYAMLTests {
    struct QuantityRow: Sendable, CustomTestStringConvertible {
        var quantity: Quantity
        var text: String
        var amount: Int64?
        var testDescription: String { text }
    }

    @Test(arguments: [
        QuantityRow(quantity: .duration, text: "300 ms", amount: 300_000_000),
        QuantityRow(quantity: .duration, text: "5 s", amount: 5_000_000_000),
        QuantityRow(quantity: .duration, text: "2 min", amount: 120_000_000_000),
        QuantityRow(quantity: .duration, text: "1.75ms", amount: 1_750_000),
        QuantityRow(quantity: .duration, text: "-5 s", amount: -5_000_000_000),
        QuantityRow(quantity: .duration, text: "0.5 ns", amount: nil),
        QuantityRow(quantity: .duration, text: "5", amount: nil),
        QuantityRow(quantity: .duration, text: "s", amount: nil),
        QuantityRow(quantity: .duration, text: "1.2.3 s", amount: nil),
        QuantityRow(quantity: .duration, text: "1. s", amount: nil),
        QuantityRow(quantity: .duration, text: "5 S", amount: nil),
        QuantityRow(quantity: .duration, text: "9999999999999 h", amount: nil),
        QuantityRow(quantity: .bytes, text: "64 MB", amount: 64_000_000),
        QuantityRow(quantity: .bytes, text: "64 MiB", amount: 67_108_864),
        QuantityRow(quantity: .bytes, text: "1.5 B", amount: nil),
        QuantityRow(quantity: .mass, text: "35.5 g", amount: 35_500),
        QuantityRow(quantity: .frequency, text: "50.00 Hz", amount: 5000),
        QuantityRow(quantity: .frequency, text: "50.001 Hz", amount: nil),
        QuantityRow(quantity: .percent, text: "90 %", amount: 90),
        QuantityRow(quantity: .percent, text: "90%", amount: 90),
        QuantityRow(quantity: .percent, text: "", amount: nil),
        QuantityRow(quantity: .percent, text: "--9 %", amount: nil),
        QuantityRow(quantity: .percent, text: "٣ %", amount: nil),
    ])
    func `a quantity is a number with a unit`(row: QuantityRow) {
        #expect(row.quantity.parse(row.text) == row.amount)
    }

    struct RenderRow: Sendable, CustomTestStringConvertible {
        var quantity: Quantity
        var amount: Int64
        var text: String
        var testDescription: String { text }
    }

    @Test(arguments: [
        RenderRow(quantity: .duration, amount: 100_000_000, text: "100 ms"),
        RenderRow(quantity: .duration, amount: 120_000_000_000, text: "2 min"),
        RenderRow(quantity: .duration, amount: 0, text: "0"),
        RenderRow(quantity: .frequency, amount: 50, text: "0.50 Hz"),
        RenderRow(quantity: .frequency, amount: -50, text: "-0.50 Hz"),
        RenderRow(quantity: .mass, amount: 35_500, text: "35500 mg"),
    ])
    func `a quantity is shown in the largest unit without a fraction`(row: RenderRow) {
        #expect(row.quantity.render(row.amount) == row.text)
    }

    private func errors<Value>(of text: String, _ decode: (YAMLMapping) -> Value?) -> [String] {
        do {
            _ = try YAMLDocument.read(text: text, file: "f.yaml", decode)
            return []
        } catch {
            return error.errors.map(\.description)
        }
    }

    struct DocumentRow: Sendable, CustomTestStringConvertible {
        var text: String
        var sentence: String
        var testDescription: String { sentence }
    }

    @Test(arguments: [
        DocumentRow(text: "", sentence: "f.yaml: not valid YAML: the file holds no document"),
        DocumentRow(
            text: "a: 1\n---\na: 2",
            sentence: "f.yaml:2: not valid YAML: expected a single document in the stream, but found another document"),
        DocumentRow(text: "[1]", sentence: "f.yaml:1: expected a mapping of keys to values, found a list"),
        DocumentRow(
            text: "a: 1\nb: \"",
            sentence: "f.yaml:2: not valid YAML: while scanning a quoted scalar, found unexpected end of stream"),
        DocumentRow(text: "a: *x", sentence: "f.yaml:1: not valid YAML: found undefined alias"),
        DocumentRow(text: "a: 1\n[b]: 2", sentence: "f.yaml:2: ?: expected a word as key, found a list or a mapping"),
    ])
    func `what is no mapping is refused`(row: DocumentRow) {
        #expect(errors(of: row.text) { $0.required("a") { $0.string() } } == [row.sentence])
    }

    @Test func `a control character is told with its line`() {
        let found = errors(of: "a: 1\nb: \u{1}\n") { $0.required("a") { $0.string() } }
        #expect(found == ["f.yaml:2: not valid YAML: control characters are not allowed"])
    }

    @Test func `a file that is too long is refused unread`() {
        let text = String(repeating: "#", count: YAMLDocument.byteLimit + 1)
        let found = errors(of: text) { $0.required("a") { $0.string() } }
        #expect(found == ["f.yaml: 1048577 bytes is above the greatest permitted value of 1048576 bytes"])
    }

    @Test func `at most twenty errors are shown and the rest is counted`() throws {
        let text = (1...23).map { "k\($0): 1" }.joined(separator: "\n")
        let thrown = #expect(throws: YAMLErrors.self) {
            try YAMLDocument.read(text: text, file: "f.yaml") { _ in 1 }
        }
        #expect(thrown?.errors.count == 20)
        #expect(thrown?.description.hasSuffix("\nand 3 more, not shown") == true)
    }

    @Test func `a wrong optional value is an error, not an absence`() {
        let found = errors(of: "a: x") { mapping in
            _ = mapping.optional("a") { $0.int(in: 0...1) }
            return 1
        }
        #expect(found == ["f.yaml:1: a: expected a whole number, found \"x\""])
    }

    @Test func `a reader that gives up without a reason is an error too`() {
        let found = errors(of: "a: 1") { mapping -> Int? in
            _ = mapping.required("a") { $0.string() }
            return nil
        }
        #expect(found == ["f.yaml: could not be read, and the reader does not say why"])
    }
}
