import ClusterAPI
import ClusterStore
import Foundation
import Ledger
import SimulatedDisk
import Station
import StationPorts
import Synchronization
import Testing
import Vocabulary

@testable import Exploration

/// After a sync that failed, Linux keeps the written pages in memory as if they were on the disk. A process that starts
/// then reads them, and must not build on them.
struct FailedSyncTests {
    private final class Answers: EventSink {
        private let stored = Mutex<Int64>(0)
        var last: Int64 { stored.withLock { $0 } }
        func post(_ event: StationEvent) {
            guard case .recordStored(_, let sequence) = event else { return }
            stored.withLock { $0 = sequence }
        }
    }

    /// After how many operations of a start the power goes, nil: after it; and the seed of what the disk loses.
    private static let cuts = Array(zip([nil] + (0..<40).map { Int64($0) }, UInt64(1)...))

    private func append(_ count: Int, _ writer: LedgerWriter) {
        for token in 1...count {
            writer.append(RecordToken(rawValue: Int64(token)), .stopped(StopRecord(drained: true)))
            writer.performWaiting()
        }
    }

    /// In one transaction, of many pages.
    private func appendAtOnce(_ count: Int, _ writer: LedgerWriter) {
        for token in 1...count {
            writer.append(RecordToken(rawValue: Int64(token)), .stopped(StopRecord(drained: true)))
        }
        writer.performWaiting()
    }

    @Test(arguments: 1...8)
    func `entries answered after a failed sync and a restart outlive a power cut`(before: Int) throws {
        let disk = SimulatedDisk()
        let answers = Answers()
        let first = try CrashRecording.open(disk, sink: answers, boot: 1)
        append(before, first)
        disk.fail(.sync, times: 1)
        append(1, first)
        #expect(answers.last == Int64(before))
        disk.kill()
        let second = try CrashRecording.open(disk, sink: answers, boot: 2)
        append(3, second)
        disk.cut(.losesAll, seed: 1)
        let third = try CrashRecording.open(disk, sink: answers, boot: 3)
        let reader = try LedgerReader(directory: disk.folder, storage: DiskStorage(disk: disk))
        #expect(try reader.headNow().sequence == answers.last)
        withExtendedLifetime((first, second, third)) {}
    }

    @Test(arguments: 1...8)
    func `what the cluster answered after a failed sync and a restart outlives a power cut`(before: Int) throws {
        let disk = SimulatedDisk()
        let first = try ClusterStore(directory: disk.folder)
        for number in 1...before { _ = try first.enrolNow(Self.request("S-\(number)"), at: 0) }
        disk.fail(.sync, times: 1)
        #expect(throws: (any Error).self) { try first.enrolNow(Self.request("S-lost"), at: 0) }
        disk.kill()
        let second = try ClusterStore(directory: disk.folder)
        _ = try second.enrolNow(Self.request("S-answered"), at: 0)
        disk.cut(.losesAll, seed: 1)
        let third = try ClusterStore(directory: disk.folder)
        #expect(try third.enrolmentNow(of: "S-answered") != nil)
        withExtendedLifetime((first, second)) {}
    }

    /// The start itself writes into the main file, while the end of the log may be on the disk in shreds.
    @Test(arguments: SimulatedDisk.Loss.allCases)
    func `a cluster that starts after a failed sync survives a power cut in its start and after it`(
        loss: SimulatedDisk.Loss
    ) throws {
        for (cut, seed) in Self.cuts {
            let disk = SimulatedDisk()
            let first = try ClusterStore(directory: disk.folder)
            _ = try first.enrolNow(Self.request("S-1"), at: 0)
            try first.approveNow("S-1")
            #expect(try Self.accept(1, first) == .held)
            disk.kill()
            // Its log begins anew, so that it lacks most of the pages that the failing report changes.
            let second = try ClusterStore(directory: disk.folder)
            _ = try second.enrolNow(Self.request("S-2"), at: 0)
            disk.fail(.sync, times: 1)
            #expect(throws: (any Error).self) { try Self.accept(2, second) }
            disk.kill()
            disk.goOff(after: cut)
            let third = try? ClusterStore(directory: disk.folder)
            disk.cut(loss, seed: seed)
            let fourth = try ClusterStore(directory: disk.folder)
            #expect(try fourth.enrolmentNow(of: "S-2") != nil)
            let counted = try fourth.countedNow(of: "S-1")
            // What was never answered may count or not, but as a whole.
            #expect([400, 800].contains(counted.watermark) && counted.units == counted.watermark)
            withExtendedLifetime((first, second, third)) {}
        }
    }

    @Test(arguments: SimulatedDisk.Loss.allCases)
    func `a station that starts after a failed sync survives a power cut in its start and after it`(
        loss: SimulatedDisk.Loss
    ) throws {
        for (cut, seed) in Self.cuts {
            let disk = SimulatedDisk()
            let answers = Answers()
            let first = try CrashRecording.open(disk, sink: answers, boot: 1)
            appendAtOnce(300, first)
            disk.kill()
            let second = try CrashRecording.open(disk, sink: answers, boot: 2)
            append(2, second)
            let answered = answers.last
            disk.fail(.sync, times: 1)
            appendAtOnce(200, second)
            disk.kill()
            disk.goOff(after: cut)
            let third = try? CrashRecording.open(disk, sink: answers, boot: 3)
            disk.cut(loss, seed: seed)
            let fourth = try CrashRecording.open(disk, sink: answers, boot: 4)
            let found = try LedgerVerifier(directory: disk.folder, storage: DiskStorage(disk: disk)).verify()
            #expect(found.isWhole && found.head.sequence >= answered, "\(found.problems)")
            withExtendedLifetime((first, second, third, fourth)) {}
        }
    }

    /// 400 entries, each in an hour of its own: enough for many pages.
    private static func accept(_ number: Int64, _ store: ClusterStore) throws -> ReportAnswer.Status {
        func head(_ number: Int64) -> String { String(repeating: "\(number)", count: 64) }
        let report = CountReport(
            station: "S-1", ledger: String(repeating: "a", count: 32), from: 400 * number - 399, to: 400 * number,
            previousHead: head(number - 1), head: head(number),
            totals: (0..<400).map { hour in
                Total(
                    key: TotalKey(
                        unixHour: 490_000 + hour, packagingType: "cup-300", material: .pp, stream: .reuse,
                        outcome: .committed), units: 1, massMilligrams: 35_000)
            })
        return try store.acceptNow(report, body: Data(), signature: "", at: 0).status
    }

    private static func request(_ name: String) -> EnrolmentRequest {
        EnrolmentRequest(station: StationID(rawValue: name)!, publicKey: Data(repeating: 7, count: 32))
    }
}
