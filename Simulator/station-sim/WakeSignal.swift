import Glibc
import Vocabulary

/// The signals that the main thread waits for: two that ask it to end, one that says that nothing more comes, and one
/// by which other threads wake it.
///
/// They are blocked in all threads, so this must exist before the first one is started.
struct WakeSignal {
    enum Wake {
        case time, bell, lastItem, stop
    }

    private var signals = sigset_t()

    init() {
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGUSR1, SIGUSR2] { sigaddset(&signals, signal) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Wakes the main thread; may be called on any thread.
    static func ring() {
        kill(getpid(), SIGUSR1)
    }

    /// Waits so long at most.
    func wait(atMost duration: Duration) -> Wake {
        let nanoseconds = max(0, duration.inNanoseconds)
        var limit = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        var signals = signals
        switch sigtimedwait(&signals, nil, &limit) {
        case SIGUSR1: return .bell
        case SIGUSR2: return .lastItem
        case SIGINT, SIGTERM: return .stop
        default: return .time
        }
    }
}
