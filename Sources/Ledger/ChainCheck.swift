import ClusterAPI
import Crypto
import FoundationEssentials

/// Checks entries one after the other against the one before. Sentences name the sequence number.
struct ChainCheck {
    let identity: LedgerIdentity
    private(set) var head: LedgerHead

    /// `head`: what the first entry must continue.
    init(identity: LedgerIdentity, after head: LedgerHead) {
        self.identity = identity
        self.head = head
    }

    /// What is wrong with the entry itself; empty if nothing is. Goes on from the entry as it is stored, so that one
    /// changed entry does not make all that follow look wrong.
    mutating func problems(of entry: LedgerEntry) -> [String] {
        var problems: [String] = []
        if entry.sequence != head.sequence + 1 {
            problems.append(
                "Entry \(entry.sequence) follows entry \(head.sequence): \(entry.sequence - head.sequence - 1) missing."
            )
        }
        if entry.previousHash != head.hash {
            problems.append(
                "Entry \(entry.sequence) names \(hexadecimal(entry.previousHash)) as the hash of the entry before it, "
                    + "which is \(hexadecimal(head.hash)).")
        }
        if entry.computedHash(in: identity) != entry.hash {
            problems.append("Entry \(entry.sequence) was changed: its fields do not give its hash.")
        }
        head = entry.head
        return problems
    }

    /// What is wrong with the readings that are kept beside an entry; nil if nothing is.
    /// - Parameter prunableSequence: up to this entry readings may be missing.
    static func problem(ofReadings readings: Data?, in entry: LedgerEntry, prunableSequence: Int64) -> String? {
        switch readings {
        case let readings?:
            guard Data(SHA256.hash(data: readings)) != entry.readingsDigest else { return nil }
            return "The readings of entry \(entry.sequence) were changed: they do not give their digest."
        case nil:
            guard !entry.readingsDigest.isEmpty, entry.sequence > prunableSequence else { return nil }
            return "The readings of entry \(entry.sequence) are gone, but the cluster has not acknowledged it yet."
        }
    }
}
