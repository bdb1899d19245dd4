import FoundationEssentials
import OperatorAPI
import Vocabulary

/// A daemon that always says the same, and remembers what it was told.
actor FakeBackend: OperatorBackend {
    struct Broken: Error, CustomStringConvertible {
        var description: String { "the ledger cannot be read" }
    }

    private(set) var commands: [CommandRequest] = []
    private let isBroken: Bool

    init(isBroken: Bool = false) {
        self.isBroken = isBroken
    }

    func status() throws -> StatusReport {
        if isBroken { throw Broken() }
        return StatusReport(
            station: "s-1", softwareVersion: "1.0", mode: .suspended, modeCauses: ["binFull"], passage: "empty",
            bins: [
                BinStatus(bin: "a", levelPercent: 91, isFull: true),
                BinStatus(bin: "b", levelPercent: nil, isFull: false),
            ],
            devices: [
                DeviceStatus(device: "scale", isAlive: true),
                DeviceStatus(device: "drive", isAlive: false, failure: .timeout),
            ],
            activeInputs: [.doorClosed], energisedOutputs: [.lampRed, .heartbeat],
            ledger: LedgerStatus(ledger: "0f", lastSequence: 12, acknowledgedSequence: 10),
            uplink: UplinkStatus(state: .unreachable, lastError: "no route", fingerprint: "ab12"), uptimeSeconds: 90,
            inputs: [InputStatus(input: .metal, counters: LineCounters(edges: 5, bounces: 4, lost: 3, recoveries: 2))])
    }

    /// As many rows as were asked for, at most two.
    func returns(limit: Int) -> [ReturnRow] {
        let rows = [
            ReturnRow(
                sequence: 7, unixMilliseconds: 1_700_000_000_123, packagingType: "cup", material: .pp, stream: .reuse,
                bin: "a", massMilligrams: 35_000, confidencePermille: 990, outcome: .committed, cause: nil),
            ReturnRow(
                sequence: 5, unixMilliseconds: 1_700_000_000_000, packagingType: nil, material: .unknown, stream: nil,
                bin: nil, massMilligrams: 0, confidencePermille: 0, outcome: .returned, cause: "noEvidence"),
        ]
        return Array(rows.prefix(limit))
    }

    /// Of entry 7 alone, whose evidence is nothing but a mass.
    func explain(sequence: Int64) throws -> ReturnExplanation {
        guard sequence == 7 else { throw OperatorFailure(status: 404, "Entry \(sequence) decides on no item.") }
        return try OperatorJSON.decode(ReturnExplanation.self, from: Data(Self.explanation.utf8))
    }

    static let explanation =
        #"{"decision":{"bin":"a","confidencePermille":990,"isWithdrawn":false,"massMilligrams":35000,"material":"pp","#
        + #""packagingType":"cup","stream":"reuse"},"model":{"hash":"ab12","head":"led8"},"result":{"candidates":["#
        + #"{"material":"pp","probabilityPermille":600},{"material":"hdpe","probabilityPermille":400}],"#
        + #""confidencePermille":600,"unknown":"lowConfidence"},"sequence":7,"spectrum":{"classes":["#
        + #"{"material":"pp","meanDeviation":0.5,"probability":0.75}],"contrast":0.25,"curve":[{"item":1.5,"#
        + #""likeliest":{"mean":1,"spread":0.25},"nanometres":940,"runnerUp":{"mean":-1,"spread":0.5}}],"#
        + #""placements":3,"reading":"familiar"},"unixMilliseconds":1700000000123,"without":[{"isSilent":false,"#
        + #""piece":"mass","result":{"candidates":[],"confidencePermille":0,"unknown":"noEvidence"}}]}"#

    func totals() -> [TotalRow] {
        [
            TotalRow(
                packagingType: "cup", material: .pp, stream: .reuse, outcome: .committed, units: 2,
                massMilligrams: 70_000)
        ]
    }

    func faults() -> [FaultRow] {
        [FaultRow(Fault(.binFull, subject: "a"))]
    }

    func readings() -> [ReadingRow] {
        let now = Instant(nanoseconds: 10_000_000_000)
        let earlier = Instant(nanoseconds: 8_500_000_000)
        var lost = PointReading(PointSample("level", unit: "%", .good(.number(40), at: earlier)))
        lost.take(.failed(.timeout, at: now))
        return [
            ReadingRow(
                "scale", PointReading(PointSample("gross", unit: "g", .good(.number(35.2), at: now))), at: now,
                staleAfter: .seconds(1)),
            ReadingRow(
                "reader", PointReading(PointSample("tag", .good(.nothing, at: earlier))), at: now,
                staleAfter: .seconds(3)),
            ReadingRow("level-a", lost, at: now, staleAfter: .seconds(1)),
            ReadingRow("drive", nothingYet: .notConnected),
        ]
    }

    /// Takes every correction of entry 7, and nothing else.
    func correct(_ request: CorrectionRequest) -> CorrectionAnswer {
        guard request.sequence == 7 else { return CorrectionAnswer(taken: false, message: "Entry 7 is the only one.") }
        return CorrectionAnswer(taken: true, message: request.why, sequence: 13, correctedSequence: 8)
    }

    func key() -> KeyReport {
        KeyReport(
            fingerprint: "ab12", publicKey: "AAEC", nextFingerprint: "cd34", exchangeHindrance: "later",
            uplink: UplinkStatus(state: .upToDate, fingerprint: "ab12"))
    }

    func exchangeKey(_ request: KeyExchangeCommand) throws -> KeyReport {
        if isBroken { throw OperatorFailure(status: 409, "The key is not \(request.by)'s to exchange.") }
        return key()
    }

    func command(_ request: CommandRequest) -> CommandAnswer {
        commands.append(request)
        return CommandAnswer(taken: true, message: "taken")
    }
}
