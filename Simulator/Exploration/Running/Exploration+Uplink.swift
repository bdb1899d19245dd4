import ClusterAPI
import FoundationEssentials
import Ledger
import SimulatedDisk
import Uplink
import Vocabulary

/// The uplink's steps in virtual time, and the letters between station and cluster.
extension Exploration {
    /// How often the ledger is looked at when it does not say itself that there is something new.
    static let uplinkPeriod: Duration = .seconds(60)
    /// As the HTTP client's.
    static let requestTimeout: Duration = .seconds(30)

    func uplinkGoesOn(with first: UplinkMachine.Event) {
        guard let incarnation else { return }
        var event = first
        while power.isOn, !disk.isOff {
            let step = incarnation.uplink.handle(event, using: &uplinkRandom)
            guard let next = perform(step, incarnation) else { return }
            event = next
        }
    }

    /// Nil: the answer comes later.
    private func perform(_ step: UplinkMachine.Step, _ incarnation: Incarnation) -> UplinkMachine.Event? {
        incarnation.waitsForNews = false
        do {
            switch step {
            case .readKeys:
                return .keysRead(current: key.fingerprint, next: nil)
            // The explored station keeps its key.
            case .sendKeyExchange, .adoptNextKey:
                return .keyAdopted
            case .readAcknowledgedSequence:
                return .acknowledgedSequenceRead(try incarnation.outbox.acknowledgedSequenceNow())
            case .cutReport(let after, let entryLimit):
                let report = try incarnation.outbox.cutReportNow(after: after, entryLimit: entryLimit)
                if let report { check(report) }
                return .reportCut(report)
            case .lookForEntry(let sequence):
                return .entryLookedFor(isThere: try incarnation.outbox.holdsEntryNow(sequence))
            case .acknowledge(let sequence):
                // A turn of the writer like any other: it may make entries of its own.
                defer {
                    incarnation.ledger.turnEnded()
                    learnOwnEntries()
                }
                try incarnation.outbox.acknowledgeNow(upTo: sequence)
                checkAcknowledged(sequence)
                return .acknowledged
            case .sendReport(let report):
                let body = planted(in: report.body)
                send(.report(body: body, signature: try key.signatureHeader(for: body)), incarnation)
            case .sendEnrolment:
                let request = EnrolmentRequest(station: Self.station, publicKey: key.publicKey)
                send(.enrolment(body: try CanonicalJSON.encode(request)), incarnation)
            case .wait(let duration):
                wake(incarnation, after: duration)
            case .waitForNews:
                incarnation.waitsForNews = true
                wake(incarnation, after: Self.uplinkPeriod)
            }
            return nil
        } catch {
            return .ledgerFailed("\(error)")
        }
    }

    /// A later wake-up makes an earlier one void.
    private func wake(_ incarnation: Incarnation, after duration: Duration) {
        requests += 1
        let number = requests
        incarnation.request = number
        schedule(after: duration) { exploration in
            guard exploration.incarnation === incarnation, incarnation.request == number else { return }
            exploration.uplinkGoesOn(with: .wokeUp)
        }
    }

    func uplinkHearsOfEntries() {
        guard let incarnation, incarnation.waitsForNews else { return }
        incarnation.waitsForNews = false
        wake(incarnation, after: UplinkService.coalescing)
    }

    // MARK: Letters

    private func send(_ request: SimulatedCluster.Request, _ incarnation: Incarnation) {
        requests += 1
        let number = requests
        incarnation.request = number
        for delay in network.copies() {
            schedule(after: delay) { $0.letterArrives(request, number, incarnation) }
        }
        schedule(after: Self.requestTimeout) { exploration in
            exploration.answer(number, exploration.plantedSilence(request), incarnation)
        }
    }

    private func letterArrives(
        _ request: SimulatedCluster.Request, _ number: Int, _ incarnation: Incarnation
    ) {
        guard cluster.isUp else { return }
        if settings.planted == .lettersBreed {
            for _ in 1...2 { schedule(after: .seconds(1)) { $0.letterArrives(request, number, incarnation) } }
        }
        let answer = cluster.answer(request, from: Self.station, at: now)
        plantAfterAnswer(answer)
        if cluster.disk.isOff {
            cutClusterPower()
            return
        }
        checkCluster()
        guard let answer else { return }
        trace.add(Int64(answer.status))
        if case .enrolment = request, answer.status == 202 { approveLater() }
        for delay in network.copies() {
            schedule(after: delay) { $0.answer(number, .answered(answer), incarnation) }
        }
    }

    private func answer(_ number: Int, _ event: UplinkMachine.Event, _ incarnation: Incarnation) {
        guard self.incarnation === incarnation, incarnation.request == number else { return }
        incarnation.request = nil
        uplinkGoesOn(with: event)
    }

    /// An operator compares the fingerprint.
    private func approveLater() {
        schedule(after: .seconds(20)) { exploration in
            try? exploration.cluster.store?.approveNow(Self.station)
        }
    }

    // MARK: The cluster's machine

    func startCluster() {
        guard !cluster.isUp else { return }
        do {
            try cluster.start()
            checkClusterRecovery()
        } catch {
            if cluster.disk.isOff { cluster.cutPower(drawLoss(), seed: random.next()) } else { cluster.kill() }
            schedule(after: .seconds(5)) { $0.startCluster() }
        }
    }

    func cutClusterPower() {
        cluster.cutPower(drawLoss(), seed: random.next())
        schedule(after: random.duration(in: .seconds(1)...(.seconds(60)))) { $0.startCluster() }
    }

    func killCluster() {
        cluster.kill()
        schedule(after: random.duration(in: .milliseconds(100)...(.seconds(10)))) { $0.startCluster() }
    }
}
