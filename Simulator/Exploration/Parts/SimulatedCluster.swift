import ClusterAPI
import ClusterStore
import FoundationEssentials
import SimulatedDisk
import Uplink
import Vocabulary

/// The cluster's machine: the real store over a disk of its own. What `ClusterServer` does with HTTP around it is done
/// here with values.
final class SimulatedCluster {
    enum Request {
        case report(body: Data, signature: String)
        case enrolment(body: Data)
    }

    let disk = SimulatedDisk()
    private(set) var store: ClusterStore?
    /// The highest watermark that an answer was given with: it must outlive every restart.
    private(set) var promisedWatermark: Int64 = 0

    var isUp: Bool { store != nil }

    /// Throws while the disk refuses.
    func start() throws {
        store = try ClusterStore(directory: disk.folder)
    }

    func cutPower(_ loss: SimulatedDisk.Loss, seed: UInt64) {
        disk.cut(loss, seed: seed)
        store = nil
    }

    func kill() {
        disk.kill()
        store = nil
    }

    /// Nil: the machine is down, or goes down over it.
    func answer(_ request: Request, from station: StationID, at now: Instant) -> TransportAnswer? {
        guard let store else { return nil }
        do {
            let answer = try answer(request, from: station, at: now.nanoseconds / 1_000_000_000, store)
            return disk.isOff ? nil : answer
        } catch {
            // As the server's middleware has it.
            return disk.isOff ? nil : TransportAnswer(status: 503, retryAfterSeconds: 30, body: Data())
        }
    }

    private func answer(
        _ request: Request, from station: StationID, at unixSeconds: Int64, _ store: ClusterStore
    ) throws -> TransportAnswer {
        switch request {
        case .report(let body, let signature):
            let answer = try store.answerNow(body: body, signature: signature, from: station, at: unixSeconds)
            if answer.status == .held, !disk.isOff {
                promisedWatermark = max(promisedWatermark, answer.watermark)
            }
            return TransportAnswer(status: answer.status.httpStatus, body: try CanonicalJSON.encode(answer))
        case .enrolment(let body):
            let enrolment = try CanonicalJSON.decode(EnrolmentRequest.self, from: body)
            switch try store.enrolNow(enrolment, at: unixSeconds) {
            case .answered(let answer):
                return TransportAnswer(status: 202, body: try CanonicalJSON.encode(answer))
            case .malformed, .tooManyPending:
                return TransportAnswer(status: 400, body: Data())
            }
        }
    }
}
