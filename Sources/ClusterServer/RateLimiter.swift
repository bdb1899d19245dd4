import Synchronization
import Vocabulary

/// The buckets of all who ask, in bounded memory.
final class RateLimiter: Sendable {
    /// Whose bucket a request is taken from.
    enum Subject: Hashable, Sendable {
        /// Reports that a station's approved key has signed: only the station itself can use them up.
        case station(StationID)
        /// Reports of stations that are not approved, and with signatures that do not fit.
        case strangers
        /// Enrolments and exchanges of keys.
        case enrolments
        case questions
    }

    /// Stations that have a bucket of their own at once; a full bucket needs none. Beyond it they share the strangers'.
    static let stationBucketsLimit = 10_000

    private struct State {
        var stations: [StationID: TokenBucket] = [:]
        var strangers = TokenBucket()
        var enrolments = TokenBucket()
        var questions = TokenBucket()
    }
    private let limits: RateLimits
    private let state = Mutex(State())

    init(_ limits: RateLimits) {
        self.limits = limits
    }

    var stationBuckets: Int { state.withLock { $0.stations.count } }

    /// Nil: go on. Otherwise the whole seconds, at least 1, until the next request will be taken.
    func secondsToWait(_ subject: Subject, at now: Instant) -> Int64? {
        let wait = state.withLock { state in
            switch subject {
            case .station(let station): take(for: station, &state, at: now)
            case .strangers: state.strangers.take(limits.enrolments, at: now)
            case .enrolments: state.enrolments.take(limits.enrolments, at: now)
            case .questions: state.questions.take(limits.questions, at: now)
            }
        }
        return wait.map { max(1, ($0.inNanoseconds + 999_999_999) / 1_000_000_000) }
    }

    private func take(for station: StationID, _ state: inout State, at now: Instant) -> Duration? {
        if state.stations[station] == nil, state.stations.count >= Self.stationBucketsLimit {
            state.stations = state.stations.filter { $0.value.isFullAt > now }
            guard state.stations.count < Self.stationBucketsLimit else {
                return state.strangers.take(limits.enrolments, at: now)
            }
        }
        return state.stations[station, default: TokenBucket()].take(limits.reports, at: now)
    }
}
