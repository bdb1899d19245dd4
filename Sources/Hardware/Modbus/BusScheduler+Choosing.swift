import Drivers
import StationPorts
import Vocabulary

/// Whose turn it is. Devices are looked at where they lie: a loop over their values would copy each with all that it
/// holds, for every request of every other.
extension BusScheduler {
    /// Ends a pause that is over and begins what is due.
    mutating func wake(_ index: Int, at now: Instant) {
        if case .paused(let job, let until) = devices[index].activity, until <= now {
            let step = devices[index].driver.next(.pauseOver, at: now)
            apply(step, job, of: index, at: now)
        }
        // A poll can be repeated later, an item does not wait: a measurement pushes it aside.
        if devices[index].job?.isMeasurement != true, !devices[index].waitingPassages.isEmpty,
            devices[index].restsUntil <= now
        {
            let passage = devices[index].waitingPassages.removeFirst()
            // The head goes on by itself, and its next spectrum shows what it compares with.
            if devices[index].job == .references { events.append(.referencesTaken(.failed(.unstable, at: now))) }
            begin(.measure, .measurement(passage), of: index, at: now)
        } else if devices[index].activity == .resting, devices[index].isToTakeReferences,
            devices[index].restsUntil <= now
        {
            devices[index].isToTakeReferences = false
            begin(.takeReferences, .references, of: index, at: now)
        } else if devices[index].activity == .resting, isPollDue(index, at: now) {
            begin(.poll, .poll, of: index, at: now)
        }
    }

    private func isPollDue(_ index: Int, at now: Instant) -> Bool {
        devices[index].pollDue <= now && !(devices[index].isLost && isMeasuring)
    }

    private var isMeasuring: Bool {
        for index in devices.indices where devices[index].isMeasuring { return true }
        return false
    }

    private mutating func begin(_ task: DriverTask, _ job: ScheduledDevice.Job, of index: Int, at now: Instant) {
        devices[index].breaker.taskBegan()
        devices[index].isCommanded = false
        let step = devices[index].driver.begin(task, at: now)
        apply(step, job, of: index, at: now)
    }

    /// The device that may send now: measurements first, probes of lost devices last, polls by priority.
    func chooseDevice(at now: Instant) -> Int? {
        let isMeasuring = isMeasuring
        var chosen: (index: Int, rank: Rank)?
        for index in devices.indices {
            guard let job = devices[index].jobToSend(at: now),
                job.isMeasurement || !devices[index].isLost || !isMeasuring
            else { continue }
            let rank = Rank(
                group: job.isMeasurement ? 0 : devices[index].isLost ? 2 : 1, urgency: devices[index].urgency(at: now),
                servedAt: devices[index].servedAt)
            if chosen.map({ rank < $0.rank }) ?? true { chosen = (index, rank) }
        }
        return chosen?.index
    }

    /// Smaller goes first.
    private struct Rank: Comparable {
        let group: Int
        let urgency: Int
        let servedAt: Instant

        static func < (left: Rank, right: Rank) -> Bool {
            (left.group, -left.urgency, left.servedAt) < (right.group, -right.urgency, right.servedAt)
        }
    }

    /// Devices that are held back while another measures are woken by that one's steps.
    func nextWakeTime() -> Instant? {
        let isMeasuring = isMeasuring
        var earliest: Instant?
        for index in devices.indices where !(isMeasuring && devices[index].isLost) {
            let time = devices[index].wakeTime
            earliest = earliest.map { min($0, time) } ?? time
        }
        return earliest
    }
}
