import StrictYAML
import Vocabulary

/// Reads the catalogue of packaging types.
public enum CatalogueReader {
    /// Opens no file; `file` is the name that messages give.
    ///
    /// - Throws: all that is wrong with the file.
    public static func read(text: String, file: String) throws(YAMLErrors) -> Catalogue {
        try YAMLDocument.read(text: text, file: file, readCatalogue)
    }
}

private func readCatalogue(_ root: YAMLMapping) -> Catalogue? {
    let version = root.required("version") { $0.string() }
    let types = root.required("types") { list in
        list.list(count: Limits.typeCount) { value in
            value.mapping().flatMap { mapping in readType(mapping).map { Read(value: $0, mapping: mapping) } }
        }
    }
    guard let version, let types else { return nil }
    forEachRepeated(types, by: \.value.id) { type, first in
        type.mapping.place(of: "id").fail("\"\(first.value.id)\" is already the name of another packaging type")
    }
    checkTags(types)
    return Catalogue(version: version, types: types.map(\.value))
}

private func readType(_ type: YAMLMapping) -> PackagingType? {
    let id = type.required("id") { $0.raw(PackagingTypeID.self, expected: nameInWords) }
    let name = type.required("name") { $0.string() }
    let material = type.required("material", readMaterial)
    let mass = type.required("mass") { $0.quantity(.mass, in: Limits.massMilligrams) }
    let tolerance = type.required("tolerance") { $0.quantity(.mass, in: Limits.toleranceMilligrams) }
    let isReusable = type.required("reusable") { $0.bool() }
    let recycled = type.optional("recycledContent", absent: 0) { $0.percent() }
    let renewable = type.optional("renewableContent", absent: 0) { $0.percent() }
    let tag = type.optional("tag", absent: nil) { $0.mapping(readTag).map(Optional.some) }
    guard let id, let name, let material, let mass, let tolerance, let isReusable, let recycled, let renewable,
        let tag
    else { return nil }
    if tolerance > mass {
        type.place(of: "tolerance").fail(
            "\(Quantity.mass.render(tolerance)) is more than the mass itself, which is \(Quantity.mass.render(mass))")
    }
    if tag?.key == .grai, !isReusable {
        type.place(of: "tag").fail("a GRAI names a returnable item, but this type is not reusable")
    }
    return PackagingType(
        id: id, name: name, material: material, massMilligrams: mass, massToleranceMilligrams: tolerance,
        isReusable: isReusable, recycledContentPercent: recycled, renewableContentPercent: renewable, tagClass: tag)
}

private func readTag(_ tag: YAMLMapping) -> TagClass? {
    let key = tag.required("key") { $0.word(TagClass.Key.self) }
    let first = tag.required("first") { $0.int(in: Limits.tag) }
    let last = tag.required("last") { $0.int(in: Limits.tag) }
    guard let key, let first, let last else { return nil }
    guard first <= last else {
        tag.place(of: "last").fail("\(last) is below first, which is \(first)")
        return nil
    }
    return TagClass(key: key, firstTag: UInt32(first), lastTag: UInt32(last))
}

/// A tag number belongs to one type at most. After sorting only neighbours can be the first to overlap.
private func checkTags(_ types: [Read<PackagingType>]) {
    let ranges = types.compactMap { type in type.value.tagClass.map { (type: type, tags: $0) } }
        .sorted { ($0.tags.firstTag, $0.tags.lastTag) < ($1.tags.firstTag, $1.tags.lastTag) }
    for (lower, upper) in zip(ranges, ranges.dropFirst()) where upper.tags.firstTag <= lower.tags.lastTag {
        upper.type.mapping.place(of: "tag").fail(
            "the tags \(upper.tags.firstTag) to \(upper.tags.lastTag) overlap those of \"\(lower.type.value.id)\", "
                + "\(lower.tags.firstTag) to \(lower.tags.lastTag)")
    }
}
