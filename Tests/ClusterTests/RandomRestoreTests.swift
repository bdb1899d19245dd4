import ClusterAPI
import Testing
import Vocabulary

@testable import ClusterStore
@testable import Uplink

/// Copies of the ledger come back from earlier, whatever is under way; the real machine and the real store decide.
@Suite struct RandomRestoreTests {
    /// One store after the other: a store has a dozen open files.
    @Test func `no restored ledger takes the cluster's entries for its own`() async throws {
        var (forked, upToDate) = (0, 0)
        for seed in UInt64(1)...30 {
            try await withStore { store in
                let story = try await RestoreStory(store, seed: seed)
                for _ in 0..<300 { try await story.goOn() }
                if try await story.end() { forked += 1 } else { upToDate += 1 }
            }
        }
        #expect(forked >= 5 && upToDate >= 5, "\(forked) forked, \(upToDate) not")
    }
}

/// One seed: a ledger that grows between any two steps, a line that loses, and restored copies.
private final class RestoreStory {
    private let store: ClusterStore
    private let ledger = FakeLedger()
    private let key: StationKey
    private let seed: UInt64
    private var random: SeededGenerator
    private var machine = UplinkMachine(station: cupStation)
    private var event = UplinkMachine.Event.wokeUp
    /// Of each entry that counts at the cluster, its hash.
    private var held: [String] = []
    private var copies = 0
    private var losesLetters = true

    init(_ store: ClusterStore, seed: UInt64) async throws {
        self.store = store
        self.seed = seed
        key = try fixedKey()
        random = SeededGenerator(state: seed)
        try await store.enrolAndApprove(key: key)
        await ledger.append(3, using: &random)
    }

    private func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

    /// One step of the uplink, and perhaps something before it.
    func goOn() async throws {
        if chance(3) { await grow(Int.random(in: 1...4, using: &random)) }
        if chance(80) { await restore() }
        try await step()
    }

    private func grow(_ count: Int) async {
        await ledger.append(count, using: &random)
    }

    private func restore() async {
        let last = Int64.random(in: 0...(await ledger.lastSequence), using: &random)
        var shared = await ledger.acknowledgedSequence()
        if last < shared { shared = Int64.random(in: 0...last, using: &random) }
        copies += 1
        await ledger.restore(to: last, acknowledged: shared, branch: "copy \(copies)")
        // The daemon starts anew, and writes something.
        machine = UplinkMachine(station: cupStation)
        event = .wokeUp
        await grow(1)
    }

    private func step() async throws {
        let next = machine.handle(event, using: &random)
        event = try await outcome(of: next)
        let acknowledged = await ledger.acknowledgedSequence()
        if acknowledged > 0 {
            let own = await ledger.hash(of: acknowledged)
            let known = held.count >= Int(acknowledged) ? held[Int(acknowledged) - 1] : nil
            try #require(own == known, "seed \(seed): entry \(acknowledged) is acknowledged and not held")
        }
    }

    private func outcome(of step: UplinkMachine.Step) async throws -> UplinkMachine.Event {
        switch step {
        case .readKeys: return .keysRead(current: key.fingerprint, next: nil)
        case .sendKeyExchange, .adoptNextKey: return .keyAdopted
        case .readAcknowledgedSequence: return .acknowledgedSequenceRead(await ledger.acknowledgedSequence())
        case .cutReport(let after, let limit):
            // A few entries, so that reports are cut here and there.
            let few = min(limit, losesLetters ? Int.random(in: 1...6, using: &random) : limit)
            return .reportCut(try await ledger.cutReport(after: after, entryLimit: few))
        case .lookForEntry(let sequence): return .entryLookedFor(isThere: await ledger.holdsEntry(sequence))
        case .acknowledge(let sequence):
            await ledger.acknowledge(upTo: sequence)
            return .acknowledged
        case .sendReport(let report): return try await send(report)
        case .sendEnrolment: return .notAnswered("the station is approved")
        case .wait, .waitForNews: return .wokeUp
        }
    }

    private func send(_ report: CutReport) async throws -> UplinkMachine.Event {
        if losesLetters, chance(6) { return .notAnswered("the request was lost") }
        let answer = try store.answerNow(
            body: report.body, signature: key.signatureHeader(for: report.body), from: cupStation, at: noon)
        while answer.status == .held, held.count < Int(answer.watermark) {
            held.append(await ledger.hash(of: Int64(held.count) + 1))
        }
        // What a start writes comes while an answer is on its way.
        if losesLetters, chance(3) { await grow(Int.random(in: 1...4, using: &random)) }
        if losesLetters, chance(6) { return .notAnswered("the answer was lost") }
        return try MachineDriver.answer(answer.status == .held ? 200 : 409, answer)
    }

    private func hasParted() async throws -> Bool {
        guard await ledger.lastSequence >= held.count else { return true }
        for (place, hash) in held.enumerated() where await ledger.hash(of: Int64(place) + 1) != hash { return true }
        return false
    }

    /// Nothing is lost any more: the uplink says how it stands, and says it right.
    /// - Returns: whether ledger and cluster have parted.
    func end() async throws -> Bool {
        losesLetters = false
        await grow(1)
        // The attempt that is under way may not see the last entry.
        for _ in 1...2 { try await finishAttempt() }
        let hasParted = try await hasParted()
        switch machine.state {
        case .forked: #expect(hasParted, "seed \(seed)")
        case .upToDate: #expect(!hasParted, "seed \(seed)")
        case .connecting, .sending, .unreachable, .waitingForApproval:
            Issue.record("seed \(seed): \(machine.state)")
        }
        return hasParted
    }

    private func finishAttempt() async throws {
        // More than any attempt has steps.
        for _ in 0..<1000 {
            let next = machine.handle(event, using: &random)
            event = try await outcome(of: next)
            switch next {
            case .wait, .waitForNews: return
            case .readKeys, .sendKeyExchange, .adoptNextKey, .readAcknowledgedSequence, .cutReport, .lookForEntry,
                .acknowledge, .sendReport, .sendEnrolment:
                continue
            }
        }
        Issue.record("seed \(seed): an attempt without an end")
    }
}
