import ClusterAPI
import FoundationEssentials
import Ledger
import SimulatedStation
import Vocabulary

/// What is looked at when a machine has started again, and when everything is over.
extension Exploration {
    /// The ledger has just been opened: everything that was answered is there, and every acceptance has its outcome.
    func checkRecovery(_ incarnation: Incarnation) {
        do {
            let known = account.count
            let head = try incarnation.reader.headNow()
            guard head.sequence >= known else {
                violate(
                    .answeredIsDurable,
                    "entry \(known) was answered, after the restart the ledger ends at \(head.sequence)"
                )
                return
            }
            // What was under way may be there or not; what is there counts.
            try incarnation.reader.visitNow(after: known) { entry, record, wallTime in
                if entry.sequence != account.count + 1 {
                    violate(.chain, "after the restart entry \(entry.sequence) follows \(account.count)")
                }
                if let (invariant, message) = account.add(record, at: wallTime) { violate(invariant, message) }
            }
            if let open = account.open.first {
                violate(.oneOutcome, "after the restart entry \(open.sequence) is still without an outcome")
            }
            checkRetention()
            let held = try incarnation.outbox.acknowledgedSequenceNow()
            if held < acknowledged || held > cluster.promisedWatermark {
                violate(
                    .acknowledgedIsHeld,
                    "after the restart entry \(held) counts as held; \(acknowledged) was remembered, and the cluster "
                        + "has promised \(cluster.promisedWatermark)")
            }
        } catch {
            violate(.chain, "after the restart the ledger cannot be read: \(error)")
        }
    }

    /// A ledger may be refused because the disk fails or the power goes, never because it is damaged.
    func checkRefusedStart(_ error: LedgerError) {
        switch error.code {
        case .diskFull, .systemError: break
        case .locked, .newerFormat, .damaged, .otherStation, .notDurable, .notOpen, .invalidRequest:
            violate(.chain, "the ledger is not opened after a restart: \(error)")
        }
    }

    // MARK: The end

    func checkEnd() {
        checkTruth()
        checkWholeLedger()
        checkTimes()
        do {
            guard let store = cluster.store else { return }
            let totals = try store.totalsNow(of: Self.station)
            if totals != account.fold.sortedTotals {
                violate(.clusterIsFold, "at the end the cluster's totals are not the fold over the ledger")
            }
        } catch {
            violate(.clusterIsFold, "at the end the cluster cannot be read: \(error)")
        }
    }

    private func checkWholeLedger() {
        do {
            let found = try LedgerVerifier(directory: disk.folder, storage: DiskStorage(disk: disk)).verify()
            if let problem = found.problems.first { violate(.chain, problem) }
            result.pruned = found.prunedReadings
            if found.entries != account.count || found.acceptances != account.acceptances {
                violate(
                    .chain,
                    "the ledger holds \(found.entries) entries with \(found.acceptances) acceptances, answered were "
                        + "\(account.count) with \(account.acceptances)")
            }
            if !found.openAcceptances.isEmpty {
                violate(.oneOutcome, "at the end entry \(found.openAcceptances[0]) has no outcome")
            }
        } catch {
            violate(.chain, "at the end the ledger cannot be verified: \(error)")
        }
    }

    private func checkTimes() {
        var times = TimeCheck()
        do {
            try incarnation?.reader.visitNow(after: 0) { entry, record, _ in
                if let problem = times.problem(of: entry, record) { violate(.timeOrder, problem) }
            }
        } catch {
            violate(.chain, "at the end the ledger cannot be read: \(error)")
        }
    }

    /// What is committed lies in its bin, and what lies in bins is committed or named unconfirmed; but for items about
    /// which a sensor lied.
    private func checkTruth() {
        let whereabouts = world.with { $0.whereabouts }
        for credit in account.credits where !credit.items.isEmpty && deceived.isDisjoint(with: credit.items) {
            guard !credit.items.contains(where: { whereabouts[$0] == .ended(.bin(credit.bin)) }) else { continue }
            violate(
                .truth,
                "entry \(credit.sequence) commits an item to the bin \(credit.bin), but it is "
                    + credit.items.map { "\(whereabouts[$0])" }.joined(separator: ", "))
        }
        let lying = whereabouts.count { if case .ended(.bin) = $0 { true } else { false } }
        let named = account.credits.count + account.unconfirmed + deceived.count
        if lying > named {
            violate(
                .truth,
                "\(lying) items lie in bins; \(account.credits.count) are committed, \(account.unconfirmed) named "
                    + "unconfirmed, and sensors lied about \(deceived.count)")
        }
    }
}
