import ClusterAPI
import Testing
import Vocabulary

@testable import ClusterStore

struct FileErrorRow: CustomTestStringConvertible {
    var csv: String
    var error: String
    var testDescription: String { error }

    static let all = [
        FileErrorRow(csv: "", error: "line 1: expected the header \"year,material,tonnes\", found \"\""),
        FileErrorRow(
            csv: "year;material;tonnes\n",
            error: "line 1: expected the header \"year,material,tonnes\", found \"year;material;tonnes\""),
        FileErrorRow(csv: "year,material,tonnes\n", error: "line 2: the file holds no figures"),
        row("2024,pet", "expected 3 columns (year,material,tonnes), found 2"),
        row("24,pet,1", "year is \"24\", allowed are 1970 to 9999"),
        row(
            "2024,PET,1",
            "material is \"PET\", known are pet, hdpe, ldpe, pp, ps, pvc, pla, fibre, glass, aluminium, "
                + "steel, other, unknown"),
        row("2023,pet,1", "pet of 2023 is there twice"),
        tonnes("-1"), tonnes("1e6"), tonnes(""), tonnes("."), tonnes("1."), tonnes("1.0000000001"),
        tonnes("1234567890"), tonnes("1 000"),
    ]

    static func row(_ line: String, _ error: String) -> FileErrorRow {
        FileErrorRow(csv: "year,material,tonnes\n2023,pet,1\n\(line)\n", error: "line 3: \(error)")
    }

    static func tonnes(_ text: String) -> FileErrorRow {
        row(
            "2024,pet,\(text)",
            "tonnes is \"\(text)\", expected a number such as 1234 or 1234.5 (no sign, at most 9 digits before the "
                + "point and 9 after it)")
    }
}

@Suite struct FiguresTests {
    @Test func `plastics of a year are added up exactly`() throws {
        let figures = try PlacedOnMarket(
            csv: "\u{FEFF}year,material,tonnes\r\n2024,pet,0.1\r\n2024,pp,0.200000001\r\n2024,glass,9\r\n\r\n2025,pla,3"
        )
        #expect(figures.plasticMilligrams == [2024: 300_000_001, 2025: 3_000_000_000])
    }

    @Test(arguments: FileErrorRow.all)
    func `a wrong line is named`(row: FileErrorRow) {
        let error = #expect(throws: PlacedOnMarketError.self) { try PlacedOnMarket(csv: row.csv) }
        #expect(error?.description == row.error)
    }

    @Test func `importing a year again replaces it and leaves the others`() async throws {
        try await withStore { store in
            try await store.replacePlacedOnMarket(PlacedOnMarket(csv: "year,material,tonnes\n2024,pet,1\n2025,pet,2"))
            try await store.replacePlacedOnMarket(PlacedOnMarket(csv: "year,material,tonnes\n2025,pp,5"))
            #expect(try await store.objective(year: 2024).placedOnMarketMilligrams == 1_000_000_000)
            #expect(try await store.objective(year: 2025).placedOnMarketMilligrams == 5_000_000_000)
        }
    }

    @Test func `the objective counts committed plastic of the year, its parts apart`() async throws {
        try await withStore { store in
            try await store.enrolAndApprove(key: fixedKey())
            let hours = UTCYear.hours(of: 2025)
            let totals = [
                cups(1, hour: hours.lowerBound - 1, massMilligrams: 1),
                cups(1, hour: hours.lowerBound, material: .fibre, massMilligrams: 10),
                cups(1, hour: hours.lowerBound, stream: .recycling, massMilligrams: 100),
                cups(1, hour: hours.lowerBound, massMilligrams: 1000),
                cups(1, hour: hours.lowerBound, outcome: .unconfirmed, massMilligrams: 10_000),
                cups(1, hour: hours.upperBound - 1, massMilligrams: 100_000),
                cups(1, hour: hours.upperBound, massMilligrams: 1_000_000),
            ].sorted { $0.key < $1.key }
            _ = try await store.accept(report(1, 7, totals: totals))
            let unknown = try await store.objective(year: 2025)
            #expect(unknown.reuseMilligrams == 101_000)
            #expect(unknown.recyclingMilligrams == 100)
            #expect(unknown.ratePartsPerMillion == nil)
            #expect(unknown.text.contains("rate        unknown"))
            try await store.replacePlacedOnMarket(PlacedOnMarket(csv: "year,material,tonnes\n2025,pet,0.001"))
            #expect(
                try await store.objective(year: 2025).text == """
                    Material reuse of plastic packaging, 2025 (definition 1)
                      rate        10.1100 %
                      objective   38.0000 %
                      reuse       0.101000 kg
                      recycling   0.000100 kg
                      on market   1.000000 kg

                    """)
        }
    }

    @Test func `years begin and end where the calendar says`() {
        #expect(UTCYear.hours(of: 1970) == 0..<8760)
        // 2024-01-01T00:00Z is 1 704 067 200 s, 2025-01-01T00:00Z is 1 735 689 600 s.
        #expect(UTCYear.hours(of: 2024) == (1_704_067_200 / 3600)..<(1_735_689_600 / 3600))
        #expect(UTCYear.containing(unixHour: 1_735_689_600 / 3600 - 1) == 2024)
        #expect(UTCYear.containing(unixHour: 1_735_689_600 / 3600) == 2025)
    }

    @Test func `sums leave the hours out`() async throws {
        try await withStore { store in
            try await store.enrolAndApprove(key: fixedKey())
            _ = try await store.accept(report(1, 2, totals: [cups(1, hour: 1), cups(2, hour: 2)]))
            #expect(
                try await store.sums(TotalsQuery()).map(\.text) == [
                    "cup-300 pp reuse committed: 3 units, 0.105000 kg"
                ])
            #expect(try await store.sums(TotalsQuery(firstUnixHour: 2)).map(\.units) == [2])
            #expect(try await store.sums(TotalsQuery(station: "rs-2")).isEmpty)
        }
    }
}
