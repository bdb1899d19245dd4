import ArgumentParser
import ClusterAPI
import ClusterStore
import FoundationEssentials
import Vocabulary

struct Totals: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Units and mass, by packaging type and outcome.")
    @OptionGroup var storeOptions: StoreOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "One station; without it, all added up.")
    var station: StationID?
    @Option(help: "One year (UTC); without it, all.")
    var year: CalendarYear?

    func run() async throws {
        var query = TotalsQuery(station: station)
        if let year {
            let hours = UTCYear.hours(of: year.number)
            query.firstUnixHour = hours.lowerBound
            query.lastUnixHour = hours.upperBound - 1
        }
        let sums = try await storeOptions.open().sums(query)
        try output.show(sums, text: sums.map { $0.text + "\n" }.joined())
    }
}

struct Objective: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Material reuse of plastic against the objective.")
    @OptionGroup var storeOptions: StoreOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "The year (UTC); without it, this one.")
    var year: CalendarYear?

    func run() async throws {
        let thisHour = Int64(Date().timeIntervalSince1970) / 3600
        let report = try await storeOptions.open().objective(
            year: year?.number ?? UTCYear.containing(unixHour: thisHour))
        try output.show(report, text: report.text)
    }
}

struct CalendarYear: ExpressibleByArgument {
    var number: Int

    init?(argument: String) {
        guard let number = Int(argument), UTCYear.bounds.contains(number) else { return nil }
        self.number = number
    }
}
