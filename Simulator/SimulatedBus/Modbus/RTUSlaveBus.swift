import Glibc
import Logging

/// Units on a serial bus that is a pseudo-terminal: the daemon opens `linkPath` as it would open `/dev/ttyUSB0`.
public final class RTUSlaveBus: Sendable {
    /// How the line between master and units behaves.
    public struct Line: Hashable, Sendable {
        /// Nil takes no time, as a pseudo-terminal does by itself. With a pace each byte takes as long as on a wire,
        /// and the thread that waits for the next one keeps a processor busy.
        public var pace: SerialPace?
        public var turnaround: Turnaround
        /// What a master that opens the port finds there, such as the noise of a driver that is switched on.
        public var strayBytesAtOpen: [UInt8]

        public init(pace: SerialPace? = nil, turnaround: Turnaround = .afterInterval, strayBytesAtOpen: [UInt8] = []) {
            self.pace = pace
            self.turnaround = turnaround
            self.strayBytesAtOpen = strayBytesAtOpen
        }
    }

    private let linkPath: String
    private let units: [UInt8: any SlaveUnit]
    private let line: Line
    private let logger: Logger
    private let thread: ServerThread
    private let terminal: PseudoTerminal
    private let recorder = SilenceRecorder()

    /// Makes the terminal; `start` makes the symbolic link to it.
    public init(linkPath: String, units: [UInt8: any SlaveUnit], line: Line = Line(), logger: Logger) throws {
        self.linkPath = linkPath
        self.units = units
        self.line = line
        self.logger = logger
        thread = try ServerThread("slave-rtu")
        terminal = try PseudoTerminal()
    }

    deinit { thread.stop() }

    /// The silences before the master's requests; none without a pace.
    public var silences: SilenceRecord { recorder.current }

    /// Puts the link there and answers. A stale link is replaced; anything else at `linkPath` is an error.
    public func start() throws {
        try terminal.link(at: linkPath)
        let service = RTUService(terminal, units, line, recorder)
        thread.start { bell in
            var service = service
            service.serve(until: bell)
        }
        logger.info("Simulated RTU bus \(linkPath) with units \(units.keys.sorted()).")
    }

    /// Stops answering and takes the link away; returns when the thread has ended. `start` puts both back.
    public func stop() {
        thread.stop()
        unlink(linkPath)
    }
}
