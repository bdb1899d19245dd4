import TestSupport
import Station
import StationPorts
import StationRuntime
import Testing
import Vocabulary

/// The loop on its real thread; tests await what it says.
struct ControlLoopTests {
    let lines = FakeLines()
    let journal = Journal()
    let mailbox = Mailbox()
    let board = SnapshotBoard()

    private func loop(_ supervisor: FakeSupervisor) -> ControlLoop {
        ControlLoop(
            ControlLoop.Parts(
                settings: .oneBin, makeLines: { [lines] in lines }, devices: FakeDevices(journal: journal),
                ledger: FakeLedger(journal: journal, sink: mailbox), classifier: FakeClassifier(),
                supervisor: supervisor, clock: SystemClock(), mailbox: mailbox, board: board, logger: silentLogger))
    }

    private func finish(_ finished: AsyncStream<Void>) async {
        mailbox.post(.stopRequested)
        for await _ in finished {}
    }

    @Test(.timeLimit(.minutes(1))) func `it says ready once, feeds the watchdog and stops when asked`() async {
        let supervisor = FakeSupervisor(keepAlivePeriod: .milliseconds(1))
        let (finished, continuation) = AsyncStream.makeStream(of: Void.self)
        loop(supervisor).start { continuation.finish() }
        var messages = supervisor.messages.stream.makeAsyncIterator()
        var heard: [String] = []
        while heard.count < 4, let message = await messages.next() { heard.append(message) }
        #expect(heard.count { $0.hasPrefix("ready") } == 1)
        #expect(heard.count { $0 == "keep alive" } == 3)
        await finish(finished)
        #expect(journal.all.last == "append stopped")
        #expect(lines.on.isEmpty)
        #expect(lines.history.last == "safe")
    }

    @Test(.timeLimit(.minutes(1))) func `an event from another thread wakes it`() async {
        let supervisor = FakeSupervisor()
        let (finished, continuation) = AsyncStream.makeStream(of: Void.self)
        loop(supervisor).start { continuation.finish() }
        for await message in supervisor.messages.stream where message.hasPrefix("ready") { break }
        mailbox.post(.deviceLost("scale", .timeout))
        await finish(finished)
        #expect(journal.all.contains("append faultRaised"))
        #expect(board.current.mode == .stopped)
    }
}

struct MailboxTests {
    @Test func `events come out once, in the order in which they were posted`() {
        let mailbox = Mailbox()
        mailbox.post(.deadlineReached)
        mailbox.post(.stopRequested)
        #expect(mailbox.takeAll() == [.deadlineReached, .stopRequested])
        #expect(mailbox.takeAll().isEmpty)
    }
}
