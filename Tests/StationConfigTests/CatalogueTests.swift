import StationConfig
import StrictYAML
import Testing
import Vocabulary

private let validCatalogue = """
    version: "1"
    types:
      - id: cup
        name: Cup
        material: pp
        mass: "35.5 g"
        tolerance: "2 g"
        reusable: true
        recycledContent: "20 %"
        tag: {key: grai, first: 100, last: 199}
      - id: box
        name: Box
        material: fibre
        mass: "12 g"
        tolerance: "1 g"
        reusable: true
        renewableContent: "95 %"
        tag: {key: gtin, first: 200, last: 200}
    """

private let rows = [
    BadRow(
        "tolerance: \"2 g\"", "tolerance: \"36 g\"",
        "c.yaml:7: types[0].tolerance: 36 g is more than the mass itself, which is 35500 mg"),
    BadRow(
        "first: 200, last: 200", "first: 150, last: 200",
        "c.yaml:18: types[1].tag: the tags 150 to 200 overlap those of \"cup\", 100 to 199"),
    BadRow(
        "first: 200, last: 200", "first: 200, last: 199",
        "c.yaml:18: types[1].tag.last: 199 is below first, which is 200"),
    BadRow("first: 200", "first: 0", "c.yaml:18: types[1].tag.first: 0 is below the least permitted value of 1"),
    BadRow(
        "last: 200", "last: 4294967296",
        "c.yaml:18: types[1].tag.last: 4294967296 is above the greatest permitted value of 4294967295"),
    BadRow(
        "recycledContent: \"20 %\"", "recycledContent: \"120 %\"",
        "c.yaml:9: types[0].recycledContent: 120 % is above the greatest permitted value of 100 %"),
    BadRow(
        "recycledContent: \"20 %\"", "recycledContent: 20",
        "c.yaml:9: types[0].recycledContent: expected a share such as \"90 %\", found \"20\""),
    BadRow("id: box", "id: cup", "c.yaml:11: types[1].id: \"cup\" is already the name of another packaging type"),
    BadRow(
        "material: fibre", "material: unknown",
        "c.yaml:13: types[1].material: unknown stands for items that were not recognised; they are handed back"),
    BadRow(
        "reusable: true\n    recycled", "reusable: false\n    recycled",
        "c.yaml:10: types[0].tag: a GRAI names a returnable item, but this type is not reusable"),
    BadRow(
        "mass: \"12 g\"", "mass: \"12\"", "c.yaml:14: types[1].mass: expected a mass such as \"35.5 g\", found \"12\""),
    BadRow("version: \"1\"\n", "", "c.yaml:1: version: this key is required and missing"),
]

@Suite struct CatalogueTests {
    @Test func `every value of a packaging type is read`() throws {
        let catalogue = try CatalogueReader.read(text: validCatalogue, file: "c.yaml")
        #expect(catalogue.version == "1")
        #expect(
            catalogue.types == [
                PackagingType(
                    id: "cup", name: "Cup", material: .pp, massMilligrams: 35_500, massToleranceMilligrams: 2000,
                    isReusable: true, recycledContentPercent: 20,
                    tagClass: TagClass(key: .grai, firstTag: 100, lastTag: 199)),
                PackagingType(
                    id: "box", name: "Box", material: .fibre, massMilligrams: 12_000, massToleranceMilligrams: 1000,
                    isReusable: true, renewableContentPercent: 95,
                    tagClass: TagClass(key: .gtin, firstTag: 200, lastTag: 200)),
            ])
    }

    @Test(arguments: rows)
    func `a fault of the catalogue is told in one sentence`(row: BadRow) throws {
        let parts = validCatalogue.split(separator: row.place, omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        let text = parts.joined(separator: row.replacement)
        let errors = #expect(throws: YAMLErrors.self) { try CatalogueReader.read(text: text, file: "c.yaml") }
        #expect(errors?.errors.map(\.description).contains(row.sentence) == true, "\(String(describing: errors))")
    }
}
