import TestSupport
import Testing

extension Site {
    /// What an operator of the cluster does for a new station, once it has introduced itself.
    func approve() async throws {
        let status = try await status { $0.uplink.state == "waitingForApproval" }
        let fingerprint = try #require(status.uplink.fingerprint)
        let approval = try await CommandResult.of(
            "clusterd", ["stations", "approve", Self.station, "--fingerprint", fingerprint, "--store", "store"],
            in: folder)
        #expect(approval == CommandResult(code: 0, output: "Station rs-1-sim is approved.\n", complaint: ""))
    }

    /// Waits until the cluster has acknowledged the whole ledger; both then say the same.
    ///
    /// - Returns: the counts.
    @discardableResult
    func agreedCounts() async throws -> [Count] {
        _ = try await status { $0.ledger.acknowledgedSequence == $0.ledger.lastSequence }
        let counted = try await ask("totals", as: [Count].self)
        let held = try await CommandResult.of(
            "clusterd", ["totals", "--station", Self.station, "--store", "store", "--json"], in: folder
        ).decoded(as: [Count].self)
        #expect(Set(held) == Set(counted))
        #expect(held.count == counted.count)
        return counted
    }
}

extension [Count] {
    func units(_ outcome: String) -> Int64 {
        filter { $0.outcome == outcome }.reduce(0) { $0 + $1.units }
    }
}
