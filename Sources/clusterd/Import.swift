import ArgumentParser
import ClusterStore
import FoundationEssentials
import Glibc

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read figures from outside.", subcommands: [PlacedOnMarketCommand.self])
}

struct PlacedOnMarketCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "placed-on-market",
        abstract: "Packaging placed on the market: the denominator of the objective.",
        discussion: """
            A CSV file with the header \(PlacedOnMarket.header). The plastics of a year are added up; the years in the \
            file replace those held before. Either the whole file is taken or none of it.
            """)
    @OptionGroup var storeOptions: StoreOptions
    @Argument var file: String

    func run() async throws {
        let figures = try read()
        try await storeOptions.open().replacePlacedOnMarket(figures)
        let years = figures.plasticMilligrams.keys.sorted().map(String.init)
        print("Plastic placed on the market is known for \(years.joined(separator: ", ")).")
    }

    private func read() throws -> PlacedOnMarket {
        guard access(file, R_OK) == 0, let bytes = try? Data(contentsOf: URL(filePath: file)) else {
            throw CommandError(message: "\(file) could not be read: \(String(cString: strerror(errno))).")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandError(message: "\(file) is not UTF-8 text; save it as UTF-8.")
        }
        do throws(PlacedOnMarketError) {
            return try PlacedOnMarket(csv: text)
        } catch {
            throw CommandError(message: "\(file), \(error). Nothing was imported.")
        }
    }
}
