import TestSupport
import Station
import StationPorts
import StationRuntime
import Testing
import Threads
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

    @Test(.timeLimit(.minutes(hangLimitMinutes))) func `it says ready once, feeds the watchdog and stops when asked`()
        async
    {
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

    @Test(.timeLimit(.minutes(hangLimitMinutes))) func `an event from another thread wakes it`() async {
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

/// What stops when the loop stands still.
@Suite(.timeLimit(.minutes(hangLimitMinutes)))
struct HeartbeatTests {
    @Test func `a loop that stands still beats no more and feeds no watchdog, for both are its own work`() async throws
    {
        let lines = FakeLines()
        let mailbox = Mailbox()
        let clock = MovedClock()
        let ledger = StandingLedger(sink: mailbox)
        let supervisor = FakeSupervisor(keepAlivePeriod: ControlLoop.heartbeatPeriod)
        let (finished, continuation) = AsyncStream.makeStream(of: Void.self)
        ControlLoop(
            ControlLoop.Parts(
                settings: .oneBin, makeLines: { lines }, devices: FakeDevices(journal: Journal()), ledger: ledger,
                classifier: FakeClassifier(), supervisor: supervisor, clock: clock, mailbox: mailbox,
                board: SnapshotBoard(), logger: silentLogger)
        ).start { continuation.finish() }

        var beats = lines.heartbeats.stream.makeAsyncIterator()
        var messages = supervisor.messages.stream.makeAsyncIterator()
        var heard: [String] = []
        let first = try #require(await beats.next())
        #expect(first.isOn)
        clock.advance(by: ControlLoop.heartbeatPeriod)
        mailbox.post(.deviceFound("scale"))
        #expect(await beats.next() == FakeLines.Heartbeat(isOn: false, thread: first.thread))
        while heard.count < 3, let message = await messages.next() { heard.append(message) }

        // The thread that beats is the one that stands still now.
        mailbox.post(.deviceLost("scale", .timeout))
        var entered = ledger.entered.stream.makeAsyncIterator()
        #expect(await entered.next() == first.thread)
        for _ in 0..<20 {
            clock.advance(by: ControlLoop.heartbeatPeriod)
            mailbox.post(.deviceFound("drive"))
        }
        ledger.release()
        // Nothing was beaten in the meantime, and nothing is made up for: the next edge is the first one after.
        #expect(await beats.next() == FakeLines.Heartbeat(isOn: true, thread: first.thread))
        mailbox.post(.stopRequested)
        for await _ in finished {}
        lines.heartbeats.continuation.finish()
        supervisor.messages.continuation.finish()
        // The last one is the loop's end.
        #expect(await beats.next() == FakeLines.Heartbeat(isOn: false, thread: first.thread))
        #expect(await beats.next() == nil)
        while let message = await messages.next() { heard.append(message) }
        #expect(heard == ["keep alive", "ready, mode starting", "keep alive", "keep alive"])
    }

    @Test func `lines are read when their descriptor is ready, not when there is mail`() async throws {
        let bell = try Doorbell()
        let lines = FakeLines(pollDescriptors: [bell.descriptor])
        let mailbox = Mailbox()
        let journal = Journal()
        let (finished, continuation) = AsyncStream.makeStream(of: Void.self)
        ControlLoop(
            ControlLoop.Parts(
                settings: .oneBin, makeLines: { lines }, devices: FakeDevices(journal: journal),
                ledger: FakeLedger(journal: journal, sink: mailbox), classifier: FakeClassifier(),
                supervisor: FakeSupervisor(), clock: MovedClock(), mailbox: mailbox, board: SnapshotBoard(),
                logger: silentLogger)
        ).start { continuation.finish() }
        var reads = lines.reads.stream.makeAsyncIterator()
        // Nobody polled before the first turn.
        #expect(await reads.next() == .all)
        mailbox.post(.deviceFound("scale"))
        #expect(await reads.next() == ReadyDescriptors.none)
        bell.ring()
        var ready = ReadyDescriptors()
        ready.insert(0, isBroken: false)
        while let read = await reads.next() {
            // A turn may come about because time is over.
            guard read != .none else { continue }
            #expect(read == ready)
            break
        }
        bell.silence()
        mailbox.post(.stopRequested)
        for await _ in finished {}
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
