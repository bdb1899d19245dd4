import Vocabulary

/// Why a correction is not taken, in one sentence that says what to do.
public struct CorrectionRefusal: Error, Hashable, Sendable {
    public var sentence: String

    init(_ sentence: String) { self.sentence = sentence }
}

extension CorrectionRequest {
    /// Looks at the request alone.
    public func check() throws(CorrectionRefusal) {
        guard why.contains(where: { !$0.isWhitespace }), why.utf8.count <= Self.whyByteLimit else {
            throw CorrectionRefusal(
                "A correction needs a reason of 1 to \(Self.whyByteLimit) bytes; this one has \(why.utf8.count).")
        }
        guard (1...Self.byByteLimit).contains(by.utf8.count) else {
            throw CorrectionRefusal("A correction needs a name of 1 to \(Self.byByteLimit) bytes of who makes it.")
        }
        guard isVoid != changesSomething else {
            throw CorrectionRefusal(
                isVoid
                    ? "What is void has no outcome, type, material, stream or mass: leave those out, or leave out void."
                    : "Say what is to count: an outcome, type, material, stream or mass, or that the item is void.")
        }
        if let massMilligrams, !(0...Self.massMilligramsLimit).contains(massMilligrams) {
            throw CorrectionRefusal(
                "A mass of \(massMilligrams) mg is not between 0 and \(Self.massMilligramsLimit / 1_000_000) kg.")
        }
    }

    /// What counts of an item after this; nil: nothing.
    ///
    /// A type brings its material and stream with it, and its mass if the item was not weighed. Another material
    /// without a type is unlisted packaging. What comes out must be something that a station could have counted.
    public func applied(
        to item: CountedItem, catalogue: Catalogue
    ) throws(CorrectionRefusal) -> CountedItem? {
        guard !isVoid else { return nil }
        var next = item
        if let outcome { next.outcome = outcome }
        if let massMilligrams { next.massMilligrams = massMilligrams }
        let isOfAccepted = item.stream != nil || next.outcome != .returned
        if let packagingType {
            try take(catalogue, packagingType, isOfAccepted: isOfAccepted, into: &next)
        } else if let material, material != item.material {
            next.material = material
            next.packagingType = nil
        }
        if let stream {
            guard isOfAccepted else {
                throw CorrectionRefusal("An item that was handed back without an acceptance has no stream.")
            }
            next.stream = stream
        }
        try Self.check(next, catalogue)
        return next
    }

    private func take(
        _ catalogue: Catalogue, _ id: PackagingTypeID, isOfAccepted: Bool, into item: inout CountedItem
    ) throws(CorrectionRefusal) {
        guard let type = catalogue[id] else {
            throw CorrectionRefusal("The catalogue \(catalogue.version) has no packaging type \(id).")
        }
        if let material, material != type.material {
            throw CorrectionRefusal(
                "The packaging type \(id) is of \(type.material.rawValue), not of \(material.rawValue): leave out one.")
        }
        item.packagingType = id
        item.material = type.material
        if isOfAccepted { item.stream = type.isReusable ? .reuse : .recycling }
        if item.massMilligrams == 0, massMilligrams == nil { item.massMilligrams = type.massMilligrams }
    }

    private static func check(_ item: CountedItem, _ catalogue: Catalogue) throws(CorrectionRefusal) {
        guard item.outcome == .returned || item.stream != nil else {
            throw CorrectionRefusal(
                "An item that is \(item.outcome.rawValue) needs a stream: say reuse or recycling, or its type.")
        }
        if item.outcome == .committed {
            guard item.material != .unknown else {
                throw CorrectionRefusal("An item that is committed needs a material: say it, or its type.")
            }
            guard item.massMilligrams > 0 else {
                throw CorrectionRefusal("An item that is committed needs a mass: say it in grams, or its type.")
            }
        }
        guard item.stream == .reuse else { return }
        guard let id = item.packagingType else {
            throw CorrectionRefusal("Only packaging of the catalogue can be reused: say its type, or recycling.")
        }
        // An older catalogue may have listed a type that this one does not.
        if let type = catalogue[id], !type.isReusable {
            throw CorrectionRefusal("The packaging type \(id) is not reusable: say recycling.")
        }
    }
}
