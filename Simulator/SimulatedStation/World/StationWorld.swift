import Vocabulary

/// The reference station RS-1 and the people in front of it, as physics: items, belt, gate, diverter, sensors, devices.
///
/// The world knows no rule of intake. It is moved from one event to the next (`nextEventTime`, `advance`), never in
/// small steps, and the same settings and the same outputs at the same times give the same events.
public struct StationWorld: Sendable {
    public let settings: WorldSettings
    public private(set) var now: Instant

    // The machine.
    var belt: Belt
    var gate = Gate()
    var diverter = Diverter()
    var drive: ConveyorDrive
    public internal(set) var scale: Scale
    public internal(set) var tagReader: TagReader
    /// In the place of the tag reader's registers, if the station has such a one.
    var latchingReader: LatchingTagReader?
    /// Nil: everything hangs on the chip.
    public internal(set) var remoteIO: RemoteIO?
    public internal(set) var nirHead: NIRHead
    public internal(set) var binLevels: [BinLevel]
    var deviceConditions: [SimulatedDevice: DeviceCondition] = [:]
    var outputs = [Bool](repeating: false, count: OutputLine.allCases.count)
    var contacts: [Contact]
    var stuckInputs = [Bool?](repeating: nil, count: InputLine.allCases.count)
    var isEmergencyStopPressed = false
    var isDoorOpen = false
    var isServiceKeyTurned = false

    // Items and people.
    /// Where each item of the settings is, by its index.
    public internal(set) var whereabouts: [Whereabouts]
    var onBelt: [BeltItem] = []
    var falling: [FallingItem] = []
    var person = Person.idle
    /// Items that the person in front of the station still waits for.
    var outstanding: [Int] = []
    var nextItem = 0
    /// How many of the settings' items people bring in this run.
    public internal(set) var itemsToCome: Int
    var attendant = Attendant.away
    /// Nil while nobody has a reason to.
    var callsForHelpAt: Instant?

    /// Latest first.
    var faultsByTime: [(due: Instant, fault: SimulatedFault)]
    var faultsByItem: [Int: [SimulatedFault]] = [:]
    var peopleRandom: SeededRandom
    var contactRandom: SeededRandom
    var measuringRandom: SeededRandom
    /// Of the near-infrared head at an item on the belt, and where that item's centre lay.
    var lastLook: (look: Look, centreMillimetres: Double)?
    var events: [WorldEvent] = []

    public init(settings: WorldSettings, at now: Instant = .zero) {
        func random(_ stream: UInt64) -> SeededRandom { SeededRandom(seed: settings.seed, stream: stream) }
        self.settings = settings
        self.now = now
        belt = Belt(at: now)
        drive = ConveyorDrive(settings.equipment.drive, frequencyCentihertz: settings.driveFrequencyCentihertz, at: now)
        scale = Scale(settings: settings.scale, random: random(1), at: now)
        tagReader = TagReader(readProbability: settings.tagReadProbability, random: random(2))
        switch settings.equipment.tagReader {
        case .technotradeVRD485: break
        case .inveoRFIDMB10:
            latchingReader = LatchingTagReader(
                readProbability: settings.tagReadProbability, random: random(7), at: now)
        }
        if settings.equipment.hasRemoteIO { remoteIO = RemoteIO() }
        nirHead = NIRHead(
            kind: settings.equipment.nirHead, wavelengthsDecinanometres: settings.spectra.wavelengthsDecinanometres,
            settings: settings.nirHead, wandering: settings.spectra.wandering, random: random(3),
            driftRandom: random(8), at: now)
        peopleRandom = random(4)
        contactRandom = random(5)
        measuringRandom = random(6)
        binLevels = settings.bins.map { BinLevel(bin: $0.id, position: $0.position) }
        whereabouts = [Whereabouts](repeating: .waiting, count: settings.items.count)
        itemsToCome = settings.items.count
        contacts = InputLine.allCases.map { line in
            switch line {
            case .doorClosed, .emergencyStopCircuitClosed, .diverterHome: Contact(level: true)
            case .entryBeam, .exitBeam, .dropBeam, .metal, .presence, .serviceKey: Contact(level: false)
            }
        }
        var timed: [(due: Instant, fault: SimulatedFault)] = []
        for fault in settings.faults {
            switch fault.moment {
            case .time(let time): timed.append((now.advanced(by: time), fault.fault))
            case .item(let index): faultsByItem[index, default: []].append(fault.fault)
            }
        }
        faultsByTime = timed.sorted { $0.due > $1.due }
        process()
    }

    // MARK: The driver's side

    /// The level on the wire, bounces included.
    public func level(of line: InputLine) -> Bool { contacts[line.ordinal].level }

    public func isEnergised(_ line: OutputLine) -> Bool { outputs[line.ordinal] }

    /// Energises or de-energises an output. Events on the way there are kept for the next `advance`.
    public mutating func set(_ line: OutputLine, _ isOn: Bool, at time: Instant) {
        move(to: time)
        guard outputs[line.ordinal] != isOn else { return }
        outputs[line.ordinal] = isOn
        switch line {
        case .gate: gate.set(isEnergised: isOn, at: now)
        case .diverterLeft: diverter.setLeft(isEnergised: isOn, at: now)
        case .diverterRight: diverter.setRight(isEnergised: isOn, at: now)
        case .conveyorForward, .conveyorReverse, .lampGreen, .lampRed, .buzzer, .heartbeat: break
        }
        process()
    }

    // MARK: Time

    /// When something happens next if no output is changed; nil: nothing ever will.
    public var nextEventTime: Instant? {
        events.isEmpty ? nextStep : now
    }

    private var nextStep: Instant? {
        var next = earliest(belt.nextChange, gate.nextChange)
        next = earliest(next, diverter.nextChange)
        next = earliest(next, nirHead.nextChange)
        for contact in contacts { next = earliest(next, contact.nextChange) }
        for item in onBelt {
            if let crossing = item.nextCrossing(belt: belt, at: now, extra: ownThreshold(of: item)) {
                // Rounding must never let the clock stand still.
                next = earliest(next, max(crossing, Instant(nanoseconds: now.nanoseconds + 1)))
            }
            // What was due already waits for its person, who has a time of their own.
            if let arrival = item.arrival, arrival > now { next = earliest(next, arrival) }
            if let pullsAt = item.pullsAt, pullsAt > now { next = earliest(next, pullsAt) }
        }
        for item in falling { next = earliest(next, item.nextChange) }
        next = earliest(next, person.nextChange)
        next = earliest(next, attendant.nextChange)
        if let call = callsForHelpAt, call > now { next = earliest(next, call) }
        next = earliest(next, faultsByTime.last?.due)
        return next
    }

    /// Lets the time pass up to `time`; answers with what happened since the last call. Going back is not possible:
    /// an earlier time changes nothing.
    public mutating func advance(to time: Instant) -> [WorldEvent] {
        move(to: time)
        let happened = events
        events.removeAll(keepingCapacity: true)
        return happened
    }

    mutating func move(to time: Instant) {
        while let next = nextStep, next <= time {
            now = next
            process()
        }
        if time > now { now = time }
    }

    mutating func report(_ kind: WorldEvent.Kind) {
        events.append(WorldEvent(at: now, kind: kind))
    }
}
