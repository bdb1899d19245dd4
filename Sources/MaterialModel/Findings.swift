import Vocabulary

/// The evidence after each piece was judged by itself: what is missing, failed or impossible says nothing.
struct Findings: Sendable {
    enum TagFinding: Hashable, Sendable {
        /// No answer of the reader.
        case unheard
        case noTag
        /// A number that belongs to the type at this place of the catalogue.
        case ofType(Int)
        /// A number of no type: it says nothing about the item.
        case ofNoType
    }

    /// Greater than 0.
    let massMilligrams: Int64?
    let tag: TagFinding
    let tagRead: Tag?
    let spectrum: SpectralReading
    let metal: Bool?
    let presence: Bool?

    init(_ evidence: Evidence, model: SpectralModel, catalogue: Catalogue) {
        massMilligrams = evidence.mass.value.flatMap { $0.milligrams > 0 ? $0.milligrams : nil }
        switch evidence.tag.value {
        case nil:
            tag = .unheard
            tagRead = nil
        case .noTag:
            tag = .noTag
            tagRead = nil
        case .tag(let read):
            let place = catalogue.types.firstIndex { type in
                guard let range = type.tagClass else { return false }
                return range.firstTag <= read.number && read.number <= range.lastTag
            }
            tag = place.map { .ofType($0) } ?? .ofNoType
            tagRead = read
        }
        // No spectrum at all is treated like one of another head.
        spectrum = model.read(evidence.spectra)
        metal = evidence.metal.value
        presence = evidence.presence.value
    }

    /// False if nothing shows that there is an item, or nothing tells one item from another.
    var saySomething: Bool {
        if massMilligrams != nil || tagRead != nil || metal == true { return true }
        switch spectrum {
        // With nothing seen in the chamber and nothing on the scale, this is the spectrum of the empty chamber.
        case .familiar, .contradictory, .strange, .resemblingFibre, .flat: return presence != false
        case .mismatched, .unreadable: return false
        }
    }
}
