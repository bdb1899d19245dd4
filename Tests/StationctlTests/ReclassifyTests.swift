import ArgumentParser
import FoundationEssentials
import Ledger
import ShippedFiles
import TestSupport
import Testing
import Vocabulary

@testable import stationctl

@Suite(.timeLimit(.minutes(hangLimitMinutes))) struct ReclassifyTests {
    private func rules(catalogue: String? = nil, model: String? = nil) throws -> Rules {
        try Rules(configuration: ShiftLedger.configuration, catalogue: catalogue, model: model)
    }

    /// The shipped catalogue with one place changed.
    private func withCatalogue(_ place: String, _ replacement: String, _ body: (String) throws -> Void) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/catalogue.yaml"
        let text = Shipped.text("config/catalogue.yaml")
        #expect(text.contains(place))
        try Data(text.replacing(place, with: replacement).utf8).write(to: URL(filePath: path))
        try withExtendedLifetime(folder) { try body(path) }
    }

    // MARK: The same rules

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `the rules that decided decide the same again, to the last thousandth`(seed: UInt64) throws {
        let shift = try ShiftLedger.ordinary(seed: seed, items: 120)
        let found = try shift.replayed(by: rules())
        #expect(found.changed == 0 && found.otherConfidence == 0, "\(found.changes)")
        #expect(found.replayed > 80 && found.withoutReadings == 0)
        #expect(found.pairs.allSatisfy { $0.key.stored == $0.key.replayed })
        #expect(found.counts.allSatisfy { $0.value.stored == $0.value.replayed })
    }

    @Test(arguments: ["demo", "fraud", "jams", "dead-devices"])
    func `so they do in every shipped scenario, with devices that were dead and bins that were full`(
        name: String
    ) throws {
        let found = try ShiftLedger(Shipped.scenario(name)).replayed(by: rules())
        #expect(found.changed == 0 && found.otherConfidence == 0, "\(found.changes)")
        #expect(found.replayed > 0)
    }

    // MARK: Other rules

    @Test func `another catalogue changes what it must, and the ledger stays as it is`() throws {
        let shift = try ShiftLedger.ordinary(seed: 1, items: 120)
        let path = shift.directory + "/ledger.sqlite"
        let before = try Data(contentsOf: URL(filePath: path))
        // Reusable cups of another range of tags: none of the stored ones is known any more.
        try withCatalogue("first: 100000, last: 199999", "first: 900000, last: 999999") { catalogue in
            let found = try shift.replayed(by: rules(catalogue: catalogue))
            #expect(found.changed > 0)
            #expect(found.changes.count == min(20, Int(found.changed)))
            let stored = try #require(
                found.counts.first { $0.key.packagingType == "cup-pp-300" && $0.key.stream == .reuse })
            #expect(stored.value.stored.units > 0 && stored.value.replayed.units == 0)
            #expect(found.pairs.values.map(\.changed).reduce(0, +) == found.changed)
            #expect(found.pairs.values.map(\.decisions).reduce(0, +) == found.replayed)
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }

    private func evidence() -> Evidence {
        var evidence = Evidence()
        evidence.mass = .good(Mass(milligrams: 35_000), at: .zero)
        evidence.tag = .good(.tag(Tag(number: 100_001)!), at: .zero)
        evidence.metal = .good(false, at: .zero)
        evidence.presence = .good(true, at: .zero)
        return evidence
    }

    private func decision(_ verdict: Verdict, isWithdrawn: Bool = false, hasReadings: Bool = true) -> StoredDecision {
        StoredDecision(
            sequence: 7, wallTime: WallTime(unixMilliseconds: 1_790_000_000_000, isTrusted: true), verdict: verdict,
            isWithdrawn: isWithdrawn, evidence: hasReadings ? evidence() : nil)
    }

    private func replay(_ decisions: [StoredDecision]) throws -> Reclassification {
        var found = Reclassification(changesLimit: 20)
        let rules = try rules()
        for decision in decisions { found.add(decision, by: rules) }
        return found
    }

    @Test func `what the moment decided is told apart, and what has no readings`() throws {
        let moments: [RejectReason] = [.twoItems, .notStored, .stopping, .aborted]
        let found = try replay(
            moments.map { decision(.reject(Rejection(reason: $0))) }
                + [decision(.reject(Rejection(reason: .noEvidence)), isWithdrawn: true)]
                + [decision(.reject(Rejection(reason: .lowConfidence)), hasReadings: false)])
        #expect(found.replayed == 0 && found.changed == 0 && found.withoutReadings == 1)
        #expect(found.momentary == ["twoItems": 1, "notStored": 1, "stopping": 1, "aborted": 1, "withdrawn": 1])
    }

    @Test func `an item that met a full bin meets it again`() throws {
        let verdict = try rules().verdict(on: evidence(), isBinFull: true)
        guard case .reject(let rejection) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(rejection.reason == .binFull && rejection.packagingType == "cup-pp-300")
        #expect(try replay([decision(verdict)]).changed == 0)
        // Under the same rules with an empty bin it is accepted.
        guard case .accept(let acceptance) = try rules().verdict(on: evidence(), isBinFull: false) else {
            Issue.record("refused")
            return
        }
        #expect(acceptance.bin == "reuse")
    }

    @Test func `another confidence alone is no change, but is counted`() throws {
        var verdict = try rules().verdict(on: evidence(), isBinFull: false)
        guard case .accept(var acceptance) = verdict else {
            Issue.record("refused")
            return
        }
        acceptance.confidencePermille -= 1
        verdict = .accept(acceptance)
        var found = try replay([decision(verdict)])
        #expect(found.changed == 0 && found.otherConfidence == 1 && found.replayed == 1)
        acceptance.bin = "fibre"
        found = try replay([decision(.accept(acceptance))])
        #expect(found.changed == 1 && found.otherConfidence == 0)
    }

    // MARK: The command

    private func exitCode(_ arguments: [String]) throws -> ExitCode {
        let command = try LedgerCommand.Reclassify.parse(["--config", ShiftLedger.configuration] + arguments)
        do {
            try command.run()
            return .success
        } catch let code as ExitCode {
            return code
        }
    }

    @Test func `exit codes tell no difference, a difference, no ledger and bad rules apart`() throws {
        let shift = try ShiftLedger.ordinary(seed: 2, items: 40)
        let place = ["--directory", shift.directory]
        #expect(try exitCode(place) == .success)
        #expect(try exitCode(place + ["--json", "--from", "3", "--to", "40", "--changes", "all"]) == .success)
        try withCatalogue("first: 100000, last: 199999", "first: 900000, last: 999999") { catalogue in
            let changed = try exitCode(place + ["--catalogue", catalogue])
            #expect(changed == ExitCode(1))
        }
        #expect(try exitCode(["--directory", shift.directory + "/none"]) == ExitCode(66))
        #expect(try exitCode(place + ["--from", "100000"]) == ExitCode(66))
        #expect(try exitCode(place + ["--catalogue", shift.directory + "/none.yaml"]) == ExitCode(78))
        #expect(throws: (any Error).self) { try LedgerCommand.Reclassify.parse(["--changes", "some"]) }
        #expect(throws: (any Error).self) { try LedgerCommand.Reclassify.parse(["--from", "5", "--to", "4"]) }
    }

    @Test func `a file that is missing or of another version is named in a sentence`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/model.json"
        let missing = try #require(throws: RulesError.self) { try rules(model: path) }
        #expect(
            missing.message
                == "\(path): the file cannot be read: No such file or directory. Name another one with --model.")
        let text = Shipped.text("config/models/spectrometer.json")
        try Data(text.replacing("\"version\":2}", with: "\"version\":3}").utf8).write(to: URL(filePath: path))
        let newer = try #require(throws: RulesError.self) { try rules(model: path) }
        #expect(
            newer.message
                == "The spectral model \(path) is of version 3, this release reads version 2. Install the model file of "
                + "this release.")
        let wrong = try #require(throws: RulesError.self) { try rules(catalogue: ShiftLedger.model) }
        #expect(wrong.message.contains("spectrometer.json:1: "))
    }
}
