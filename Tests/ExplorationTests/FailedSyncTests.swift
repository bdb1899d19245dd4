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

    private func append(_ count: Int, _ writer: LedgerWriter) {
        for token in 1...count {
            writer.append(RecordToken(rawValue: Int64(token)), .stopped(StopRecord(drained: true)))
            writer.performWaiting()
        }
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
        func request(_ name: String) -> EnrolmentRequest {
            EnrolmentRequest(station: StationID(rawValue: name)!, publicKey: Data(repeating: 7, count: 32))
        }
        let disk = SimulatedDisk()
        let first = try ClusterStore(directory: disk.folder)
        for number in 1...before { _ = try first.enrolNow(request("S-\(number)"), at: 0) }
        disk.fail(.sync, times: 1)
        #expect(throws: (any Error).self) { try first.enrolNow(request("S-lost"), at: 0) }
        disk.kill()
        let second = try ClusterStore(directory: disk.folder)
        _ = try second.enrolNow(request("S-answered"), at: 0)
        disk.cut(.losesAll, seed: 1)
        let third = try ClusterStore(directory: disk.folder)
        #expect(try third.enrolmentNow(of: "S-answered") != nil)
        withExtendedLifetime((first, second)) {}
    }
}
