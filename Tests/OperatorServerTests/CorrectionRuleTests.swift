import OperatorAPI
import Testing
import Vocabulary

/// What a person may say of an item, and what counts then.
struct CorrectionRuleTests {
    private static let catalogue = Catalogue(
        version: "2026-1",
        types: [
            PackagingType(
                id: "cup-300", name: "Cup", material: .pp, massMilligrams: 35_000, massToleranceMilligrams: 1000,
                isReusable: true),
            PackagingType(
                id: "bottle-500", name: "Bottle", material: .pet, massMilligrams: 24_000,
                massToleranceMilligrams: 1000, isReusable: false),
        ])

    private static let cup = item("cup-300", .pp, .reuse, .committed, 35_120)
    private static let refused = item(nil, .unknown, nil, .returned, 0)
    private static let unconfirmed = item(nil, .pet, .recycling, .unconfirmed, 24_500)

    private static func item(
        _ type: PackagingTypeID?, _ material: Material, _ stream: Stream?, _ outcome: Outcome, _ mass: Int64
    ) -> CountedItem {
        CountedItem(
            unixHour: 7, packagingType: type, material: material, stream: stream, outcome: outcome,
            massMilligrams: mass)
    }

    private static func request(_ change: (inout CorrectionRequest) -> Void) -> CorrectionRequest {
        var request = CorrectionRequest(sequence: 7, by: "anna", why: "by hand")
        change(&request)
        return request
    }

    struct Taken: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var item: CountedItem
        var request: CorrectionRequest
        var next: CountedItem?

        init(
            _ testDescription: String, _ item: CountedItem, becomes next: CountedItem?,
            _ change: (inout CorrectionRequest) -> Void
        ) {
            (self.testDescription, self.item, self.next) = (testDescription, item, next)
            request = CorrectionRuleTests.request(change)
        }
    }

    @Test(arguments: [
        Taken("void", cup, becomes: nil) { $0.isVoid = true },
        Taken("another mass", cup, becomes: item("cup-300", .pp, .reuse, .committed, 30_000)) {
            $0.massMilligrams = 30_000
        },
        Taken("confirmed", unconfirmed, becomes: item(nil, .pet, .recycling, .committed, 24_500)) {
            $0.outcome = .committed
        },
        Taken(
            "a type brings material and stream", cup, becomes: item("bottle-500", .pet, .recycling, .committed, 35_120)
        ) {
            $0.packagingType = "bottle-500"
        },
        Taken("a worn cup", cup, becomes: item("cup-300", .pp, .recycling, .committed, 35_120)) {
            $0.stream = .recycling
        },
        Taken(
            "a refusal that was none, unweighed", refused, becomes: item("cup-300", .pp, .reuse, .committed, 35_000)
        ) {
            $0.packagingType = "cup-300"
            $0.outcome = .committed
        },
        Taken("a refused cup stays without a stream", refused, becomes: item("cup-300", .pp, nil, .returned, 35_000)) {
            $0.packagingType = "cup-300"
        },
        Taken("another material is unlisted", unconfirmed, becomes: item(nil, .pp, .recycling, .unconfirmed, 24_500)) {
            $0.material = .pp
        },
        Taken("handed back keeps its stream", cup, becomes: item("cup-300", .pp, .reuse, .returned, 35_120)) {
            $0.outcome = .returned
        },
        Taken(
            "a type that the catalogue has no more", item("cup-200", .pp, .reuse, .unconfirmed, 1),
            becomes: item("cup-200", .pp, .reuse, .committed, 1)
        ) { $0.outcome = .committed },
    ])
    func `a sensible correction gives what counts`(row: Taken) throws {
        try row.request.check()
        #expect(try row.request.applied(to: row.item, catalogue: Self.catalogue) == row.next)
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var item: CountedItem
        var request: CorrectionRequest

        init(_ sentence: String, _ item: CountedItem, _ change: (inout CorrectionRequest) -> Void) {
            (testDescription, self.item) = (sentence, item)
            request = CorrectionRuleTests.request(change)
        }
    }

    @Test(arguments: [
        Refused("An item that is committed needs a stream: say reuse or recycling, or its type.", refused) {
            $0.outcome = .committed
        },
        Refused("An item that is committed needs a material: say it, or its type.", refused) {
            $0.outcome = .committed
            $0.stream = .recycling
        },
        Refused("An item that is committed needs a mass: say it in grams, or its type.", refused) {
            $0.outcome = .committed
            $0.stream = .recycling
            $0.material = .pet
        },
        Refused("The catalogue 2026-1 has no packaging type box-9.", cup) { $0.packagingType = "box-9" },
        Refused("The packaging type cup-300 is of pp, not of pet: leave out one.", unconfirmed) {
            $0.packagingType = "cup-300"
            $0.material = .pet
        },
        Refused("An item that was handed back without an acceptance has no stream.", refused) { $0.stream = .reuse },
        Refused("Only packaging of the catalogue can be reused: say its type, or recycling.", cup) {
            $0.material = .pet
        },
        Refused("The packaging type bottle-500 is not reusable: say recycling.", unconfirmed) {
            $0.packagingType = "bottle-500"
            $0.stream = .reuse
        },
        Refused("A mass of -1 mg is not between 0 and 1000 kg.", cup) { $0.massMilligrams = -1 },
        Refused("A mass of 1000000001 mg is not between 0 and 1000 kg.", cup) { $0.massMilligrams = 1_000_000_001 },
        Refused("A correction needs a reason of 1 to 500 bytes; this one has 2.", cup) {
            $0.why = " \n"
            $0.isVoid = true
        },
        Refused("A correction needs a reason of 1 to 500 bytes; this one has 501.", cup) {
            $0.why = String(repeating: "x", count: 501)
            $0.isVoid = true
        },
        Refused("A correction needs a name of 1 to 100 bytes of who makes it.", cup) {
            $0.by = ""
            $0.isVoid = true
        },
        Refused("Say what is to count: an outcome, type, material, stream or mass, or that the item is void.", cup) {
            _ in
        },
        Refused(
            "What is void has no outcome, type, material, stream or mass: leave those out, or leave out void.", cup
        ) {
            $0.isVoid = true
            $0.outcome = .returned
        },
    ])
    func `a correction that makes no sense is refused with a sentence`(row: Refused) {
        let refusal = #expect(throws: CorrectionRefusal.self) {
            try row.request.check()
            _ = try row.request.applied(to: row.item, catalogue: Self.catalogue)
        }
        #expect(refusal?.sentence == row.testDescription)
    }
}
