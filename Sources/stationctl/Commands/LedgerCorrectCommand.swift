import ArgumentParser
import OperatorAPI
import Vocabulary

extension LedgerCommand {
    struct Correct: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "correct",
            abstract: "Note that something else counts of an item; what was written stays.",
            discussion: """
                The running daemon adds an entry that says who corrected what, and why. A type brings its material and
                stream with it. Exit code 1 if the correction is refused.
                """)

        @OptionGroup var daemon: DaemonOptions

        @Argument(help: "The item's number, as `stationctl returns` shows it, or that of its outcome's entry.")
        var sequence: Int64

        @Option(help: "Why, at most \(CorrectionRequest.whyByteLimit) bytes; it is kept for ever.")
        var why: String

        @Option(help: "How it ended: \(Outcome.allCases.map(\.rawValue).joined(separator: ", ")).")
        var outcome: Outcome?

        @Option(help: "A packaging type of the station's catalogue.")
        var type: PackagingTypeID?

        @Option(
            help: "What it is made of, without a type: \(Material.allCases.map(\.rawValue).joined(separator: ", ")).")
        var material: Material?

        @Option(help: "reuse or recycling.")
        var stream: Vocabulary.Stream?

        @Option(help: "Its mass in grams, with up to three decimals.")
        var massGrams: Grams?

        @Flag(name: .customLong("void"), help: "Nothing is to count of it.")
        var isVoid = false

        func validate() throws {
            do throws(CorrectionRefusal) {
                try request.check()
            } catch {
                throw ValidationError(error.sentence)
            }
        }

        var request: CorrectionRequest {
            CorrectionRequest(
                sequence: sequence, by: callerName(), why: why, isVoid: isVoid, outcome: outcome, packagingType: type,
                material: material, stream: stream, massMilligrams: massGrams?.milligrams)
        }

        func run() async throws {
            let answer = try await daemon.show(.correction, sending: request, as: correctionText)
            if !answer.taken { throw Ending.problemFound }
        }
    }
}

/// A mass as a person writes it: digits with perhaps a point and up to three decimals.
struct Grams: ExpressibleByArgument, Hashable {
    static let decimals = 3
    static let digitsLimit = 9

    var milligrams: Int64

    init?(argument: String) {
        let parts = argument.split(separator: ".", omittingEmptySubsequences: false)
        let isNumber = parts.allSatisfy {
            !$0.isEmpty && $0.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
        }
        guard parts.count <= 2, isNumber, parts[0].utf8.count <= Self.digitsLimit else { return nil }
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        guard fraction.utf8.count <= Self.decimals else { return nil }
        let padded = fraction + String(repeating: "0", count: Self.decimals - fraction.utf8.count)
        guard let milligrams = Int64(parts[0] + padded) else { return nil }
        self.milligrams = milligrams
    }
}

extension Outcome: ExpressibleByArgument {}
extension Material: ExpressibleByArgument {}
extension Vocabulary.Stream: ExpressibleByArgument {}
extension PackagingTypeID: ExpressibleByArgument {}
