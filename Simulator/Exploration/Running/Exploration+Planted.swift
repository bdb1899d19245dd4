import ClusterAPI
import FoundationEssentials
import Station
import Uplink
import Vocabulary

/// Where planted bugs act; without one everything passes unchanged.
extension Exploration {
    func planted(in record: LedgerRecord) -> LedgerRecord {
        guard settings.planted == .fishedItemsAreCredited, case .ended(var ended) = record,
            ended.outcome == .reversed
        else { return record }
        ended.outcome = .committed
        ended.cause = nil
        return .ended(ended)
    }

    /// The writer's answer.
    func planted(in event: StationEvent) -> StationEvent {
        guard settings.planted == .failureToldAsSuccess, case .recordFailed(let token, _) = event else { return event }
        return .recordStored(token, sequence: account.count + 1)
    }

    /// What reaches the controller; nil: nothing does.
    func planted(on event: StationEvent) -> StationEvent? {
        guard let planted = settings.planted, case .evidenceArrived(let passage, .mass(let mass)) = event else {
            return event
        }
        if case .good = mass {
            lastMass = mass
            return event
        }
        switch planted {
        case .errorIsZero: return .evidenceArrived(passage, .mass(.good(Mass(milligrams: 0), at: now)))
        case .lastValueStays: return .evidenceArrived(passage, .mass(lastMass ?? mass))
        case .deadDeviceBlocks: return nil
        case .answersBeforeCommit, .stationSyncsAreLies, .clusterSyncsAreLies, .failureToldAsSuccess,
            .outcomesAreLost, .recoveryIsBlind, .repeatsAreCounted, .reportIsIncomplete, .correctionsOnlyAdd,
            .silenceIsConsent, .unacknowledgedIsPruned, .outputsOutliveTheDaemon, .interlockIsIgnored,
            .timersFollowTheWallClock, .lettersBreed, .entryIsEdited, .answersAreReversed, .fishedItemsAreCredited:
            return event
        }
    }

    func planted(on deadline: Instant?) -> Instant? {
        guard let planted = settings.planted, let deadline else { return deadline }
        if planted == .deadDeviceBlocks, let measuring, measuring.broken.contains(.scale) { return nil }
        // Set back by hours, it is reached hours later.
        guard planted == .timersFollowTheWallClock, clocks.wallOffsetMilliseconds < 0 else { return deadline }
        return deadline.advanced(by: .milliseconds(-clocks.wallOffsetMilliseconds))
    }

    func planted(in body: Data) -> Data {
        guard settings.planted == .reportIsIncomplete || settings.planted == .correctionsOnlyAdd,
            var report = try? CanonicalJSON.decode(CountReport.self, from: body), !report.totals.isEmpty
        else { return body }
        if settings.planted == .reportIsIncomplete {
            report.totals.removeLast()
        } else {
            report.totals.removeAll { $0.units < 0 || $0.massMilligrams < 0 }
        }
        return (try? CanonicalJSON.encode(report)) ?? body
    }

    /// What the uplink is told when nothing has come back.
    func plantedSilence(_ request: SimulatedCluster.Request) -> UplinkMachine.Event {
        guard settings.planted == .silenceIsConsent, case .report(let body, _) = request,
            let report = try? CanonicalJSON.decode(CountReport.self, from: body),
            let answer = try? CanonicalJSON.encode(ReportAnswer(status: .held, watermark: report.to, message: ""))
        else { return .notAnswered("no answer in time") }
        return .answered(TransportAnswer(status: 200, body: answer))
    }

    func plantBeforeStart() {
        let path = disk.folder + "/ledger.sqlite"
        guard disk.size(of: path) != nil else { return }
        switch settings.planted {
        case .recoveryIsBlind: Tampering.execute(Tampering.forgetOpen, on: path)
        case .entryIsEdited: Tampering.execute(Tampering.editEntry, on: path)
        case nil, .answersBeforeCommit, .stationSyncsAreLies, .clusterSyncsAreLies, .failureToldAsSuccess,
            .outcomesAreLost, .repeatsAreCounted, .reportIsIncomplete, .correctionsOnlyAdd, .silenceIsConsent,
            .outputsOutliveTheDaemon,
            .interlockIsIgnored, .errorIsZero, .lastValueStays, .deadDeviceBlocks, .timersFollowTheWallClock,
            .lettersBreed, .answersAreReversed, .fishedItemsAreCredited, .unacknowledgedIsPruned:
            break
        }
    }

    func plantAfterAnswer(_ answer: TransportAnswer?) {
        guard settings.planted == .repeatsAreCounted, let answer,
            let decoded = try? CanonicalJSON.decode(ReportAnswer.self, from: answer.body),
            decoded.status == .held, decoded.message.contains("before")
        else { return }
        Tampering.execute(Tampering.countAgain, on: cluster.disk.folder + "/cluster.sqlite")
    }
}
