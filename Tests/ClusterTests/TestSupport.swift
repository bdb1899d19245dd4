import ClusterAPI
import Crypto
import Foundation
import GRDB
import TestSupport
import Testing
import Vocabulary

@testable import ClusterStore
@testable import Uplink

let cupStation: StationID = "rs-1"

func withStore<Value>(_ body: (ClusterStore) async throws -> Value) async throws -> Value {
    try await withTemporaryFolder { try await body(try ClusterStore(directory: $0)) }
}

/// A key that is the same in every run: bytes 1 to 32.
func fixedKey(_ first: UInt8 = 1) throws -> StationKey {
    StationKey(privateKey: try Curve25519.Signing.PrivateKey(rawRepresentation: Data(first..<(first + 32))))
}

/// The hash of entry `sequence` of one branch of a station's history.
func head(_ sequence: Int64, branch: String = "main") -> String {
    sequence == 0
        ? String(repeating: "0", count: 64) : hexadecimal(SHA256.hash(data: Data("\(branch) \(sequence)".utf8)))
}

/// 2026-01-02T12:00:00Z, when everything is received that no time is given for.
let noon: Int64 = 1_767_355_200

let ledgerA = "0123456789abcdef0123456789abcdef"
let ledgerB = "fedcba9876543210fedcba9876543210"

/// A report of `to - from + 1` cups in one hour.
func report(
    _ from: Int64, _ to: Int64, ledger: String = ledgerA, station: StationID = cupStation, branch: String = "main",
    totals: [Total]? = nil
) -> CountReport {
    CountReport(
        station: station, ledger: ledger, from: from, to: to, previousHead: head(from - 1, branch: branch),
        head: head(to, branch: branch), totals: totals ?? [cups(to - from + 1)])
}

func cups(
    _ units: Int64, hour: Int64 = 490_000, material: Material = .pp, stream: Vocabulary.Stream = .reuse,
    outcome: Outcome = .committed, massMilligrams: Int64? = nil
) -> Total {
    Total(
        key: TotalKey(
            unixHour: hour, packagingType: "cup-300", material: material, stream: stream, outcome: outcome),
        units: units, massMilligrams: massMilligrams ?? units * 35_000)
}

/// A value as it travels: its bytes and what a station signs them with.
struct Signed {
    var body: Data
    var signature: String

    init(_ value: some Encodable, _ key: StationKey) throws {
        body = try CanonicalJSON.encode(value)
        signature = try key.signatureHeader(for: body)
    }
}

extension ClusterStore {
    func accept(_ report: CountReport, at unixSeconds: Int64 = noon) async throws -> ReportAnswer {
        try await accept(report, body: CanonicalJSON.encode(report), signature: "ed25519=", at: unixSeconds)
    }

    func enrol(_ request: EnrolmentRequest) async throws -> EnrolmentDecision {
        try await enrol(request, at: noon)
    }

    func enrolAndApprove(_ station: StationID = cupStation, key: StationKey) async throws {
        _ = try await enrol(EnrolmentRequest(station: station, publicKey: key.publicKey))
        try await approve(station, fingerprint: key.fingerprint)
    }

    func allTotals(of station: StationID? = nil) async throws -> [Total] {
        guard case .totals(let totals) = try await totals(TotalsQuery(station: station)) else {
            throw ClusterStoreError(message: "too many totals")
        }
        return totals
    }

    /// Every row of every table.
    func dump() async throws -> [String] {
        try await database.read { connection in
            try [
                "stations", "ledgers", "totals", "forks", "placed_on_market", "held_reports", "former_keys",
            ].flatMap { table in
                try Row.fetchAll(connection, sql: "SELECT * FROM \(table) ORDER BY 1, 2").map { "\(table) \($0)" }
            }
        }
    }
}

/// Reproduces a whole run from one number (SplitMix64, https://prng.di.unimi.it/splitmix64.c).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
