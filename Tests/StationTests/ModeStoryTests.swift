import Station
import Testing
import Vocabulary

struct ModeStoryTests {
    @Test func `the station starts only when every input has been read`() {
        var rig = Rig()
        for line in InputLine.allCases.dropLast() { rig.set(line, line == .doorClosed) }
        #expect(rig.machine.mode == .starting)
        #expect(rig.machine.energised == [.lampRed])
        #expect(rig.machine.passage.name == .stranded)
    }

    @Test func `an item on the belt at power-up is handed back with a warning and no record`() {
        var rig = Rig()
        rig.powerUp(active: [.doorClosed, .emergencyStopCircuitClosed, .diverterHome, .presence])
        #expect(!rig.isMoving)
        rig.waitForDeadline()
        #expect(rig.machine.energised == [.gate, .conveyorReverse, .lampRed, .buzzer])
        rig.set(.entryBeam, true)
        rig.set(.presence, false)
        rig.set(.entryBeam, false)
        #expect(rig.machine.mode == .idle)
        #expect(rig.refusals.isEmpty)
    }

    @Test func `something in the drop beam at power-up needs a person`() {
        var rig = Rig()
        rig.powerUp(active: [.doorClosed, .emergencyStopCircuitClosed, .diverterHome, .dropBeam])
        rig.waitForDeadline()
        #expect(rig.machine.mode == .held([.jam]))
        #expect(!rig.isMoving)
    }

    @Test(arguments: [InputLine.emergencyStopCircuitClosed, .doorClosed])
    func `an interlock stops everything at once and is left only by a clear`(line: InputLine) {
        var rig = Rig.idle()
        rig.acceptItem()
        #expect(rig.isMoving)
        let effects = rig.send(.lineChanged(line, isActive: false))
        #expect(effects.first == .makeSafe)
        #expect(rig.machine.energised == [.lampRed])
        #expect(rig.outcomes == [.unconfirmed])
        rig.set(line, true)
        #expect(rig.machine.mode.name == .aborted)
        rig.set(.presence, false)
        rig.set(.diverterHome, true)
        rig.send(.commanded(.clear, by: "test"))
        rig.waitForDeadline()
        // It was on its way: what no sensor sees is looked for.
        #expect(rig.machine.passage.name == .handingBack)
        rig.waitForDeadline()
        #expect(rig.machine.mode == .idle)
    }

    @Test func `a clear while the interlock is still open changes nothing`() {
        var rig = Rig.idle()
        rig.set(.emergencyStopCircuitClosed, false)
        rig.send(.commanded(.clear, by: "test"))
        #expect(rig.machine.mode == .aborted([.emergencyStop]))
    }

    @Test func `an abort while the acceptance is being stored ends it once the ledger has answered`() {
        var rig = Rig.idle()
        rig.putItemIn()
        rig.storing = .holdsBack
        rig.answerEvidence()
        rig.set(.doorClosed, false)
        #expect(rig.outcomes.isEmpty)
        rig.answerLedger()
        #expect(rig.outcomes == [.unconfirmed])
        #expect(!rig.isMoving)
    }

    @Test func `an abort that is cleared before the ledger has answered loses no acceptance`() {
        var rig = Rig.idle()
        rig.putItemIn()
        rig.storing = .holdsBack
        rig.answerEvidence()
        rig.set(.doorClosed, false)
        rig.set(.doorClosed, true)
        rig.send(.commanded(.clear, by: "test"))
        #expect(rig.machine.passage.name == .stranded)
        rig.answerLedger()
        #expect(rig.outcomes == [.unconfirmed])
        #expect(rig.machine.passage.name == .checking)
    }

    @Test func `an abort before acceptance is a refusal, not an outcome`() {
        var rig = Rig.idle()
        rig.putItemIn()
        rig.set(.doorClosed, false)
        #expect(rig.refusals.map(\.rejection.reason) == [.aborted])
        #expect(rig.outcomes.isEmpty)
    }

    @Test func `the service key waits for the passage, opens the door without an abort and checks the belt after`() {
        var rig = Rig.idle()
        rig.acceptItem()
        rig.set(.serviceKey, true)
        #expect(rig.machine.mode == .executing)
        rig.passExitBeam()
        rig.drop()
        rig.waitForDeadline()
        #expect(rig.machine.mode == .service)
        #expect(rig.machine.energised == [.lampRed])
        rig.set(.doorClosed, false)
        #expect(rig.machine.mode == .service)
        rig.set(.presence, true)
        #expect(!rig.isMoving)
        rig.set(.presence, false)
        rig.set(.doorClosed, true)
        rig.set(.serviceKey, false)
        #expect(rig.machine.passage.name == .checking)
        rig.waitForDeadline()
        #expect(rig.machine.mode == .idle)
    }

    @Test func `leaving service with the door open is an abort`() {
        var rig = Rig.idle()
        rig.set(.serviceKey, true)
        rig.set(.doorClosed, false)
        rig.set(.serviceKey, false)
        #expect(rig.machine.mode == .aborted([.doorOpen]))
    }

    @Test func `one full bin suspends intake and a free one resumes it by itself`() {
        var rig = Rig.idle()
        rig.send(.binLevelRead("fibre", .good(91, at: rig.now)))
        #expect(rig.machine.mode == .suspended([.binFull]))
        #expect(rig.machine.energised == [.lampRed])
        rig.send(.binLevelRead("fibre", .failed(.timeout, at: rig.now)))
        rig.send(.binLevelRead("fibre", .good(85, at: rig.now)))
        #expect(rig.machine.mode == .suspended([.binFull]))
        rig.send(.binLevelRead("fibre", .good(3, at: rig.now)))
        #expect(rig.machine.mode == .idle)
    }

    @Test func `an attendant can say that a bin was emptied`() {
        var rig = Rig.idle()
        rig.send(.binLevelRead("fibre", .good(95, at: rig.now)))
        rig.send(.commanded(.binEmptied(bin: "fibre"), by: "anna"))
        #expect(rig.machine.mode == .idle)
        #expect(rig.ledger.contains(.commanded(CommandRecord(command: .binEmptied(bin: "fibre"), by: "anna"))))
    }

    @Test func `a low disk suspends intake before anything is lost, ample space resumes it (telegraf 802, 5536)`() {
        var rig = Rig.idle()
        rig.send(.diskChanged(.low))
        #expect(rig.machine.mode == .suspended([.diskFull]))
        rig.set(.entryBeam, true)
        #expect(rig.machine.passage == .empty)
        rig.set(.entryBeam, false)
        rig.send(.diskChanged(.ample))
        #expect(rig.machine.mode == .idle)
    }

    @Test func `a lost device is a fault, a lost required device holds the station until it is back`() {
        var settings = IntakeSettings.rs1
        settings.requiredDevices = ["drive"]
        var rig = Rig.idle(settings: settings)
        rig.send(.deviceLost("scale", .timeout))
        #expect(rig.machine.mode == .idle)
        #expect(rig.has(.deviceLost))
        rig.send(.deviceLost("drive", .notConnected))
        #expect(rig.machine.mode == .held([.requiredDeviceLost]))
        rig.send(.deviceFound("drive"))
        rig.send(.deviceFound("scale"))
        #expect(rig.machine.mode == .idle)
        #expect(rig.machine.faults.isEmpty)
    }

    @Test func `a drive fault holds the station until the drive is reset`() {
        var rig = Rig.idle()
        rig.send(.driveFaultRead(7))
        #expect(rig.machine.mode == .held([.driveFault]))
        rig.send(.driveFaultRead(0))
        #expect(rig.machine.mode == .idle)
        #expect(rig.machine.faults.isEmpty)
    }

    @Test func `inputs that cannot be read any more stop the belt at once`() {
        var rig = Rig.idle()
        rig.acceptItem()
        rig.send(.lineFailed("gpiochip0"))
        #expect(!rig.isMoving)
        #expect(rig.outcomes == [.unconfirmed])
        #expect(rig.machine.mode == .held([.lineFailed]))
        rig.send(.lineWorked("gpiochip0"))
        #expect(rig.machine.passage.name == .checking)
    }

    @Test func `a stop without an item under way is recorded and then finished`() {
        var rig = Rig.idle()
        rig.send(.stopRequested)
        #expect(rig.ledger.last == .stopped(StopRecord(drained: true)))
        #expect(rig.effects.contains(.finish))
        #expect(rig.machine.mode == .stopped)
        #expect(rig.machine.energised.isEmpty)
    }

    @Test func `a stop in mid-passage lets the accepted item reach its bin`() {
        var rig = Rig.idle()
        rig.acceptItem()
        rig.send(.stopRequested)
        #expect(rig.isMoving)
        rig.passExitBeam()
        rig.drop()
        rig.waitForDeadline()
        #expect(rig.outcomes == [.committed])
        #expect(rig.effects.last { $0 == .finish } != nil)
    }

    @Test func `a stop while measuring hands the item back`() {
        var rig = Rig.idle()
        rig.putItemIn()
        rig.send(.stopRequested)
        rig.set(.entryBeam, true)
        rig.set(.presence, false)
        rig.set(.entryBeam, false)
        #expect(rig.refusals.map(\.rejection.reason) == [.stopping])
        #expect(rig.machine.mode == .stopped)
    }

    @Test func `a stop that takes too long ends the passage as unconfirmed`() {
        var settings = IntakeSettings.rs1
        settings.windows.draining = .milliseconds(100)
        var rig = Rig.idle(settings: settings)
        rig.acceptItem()
        rig.send(.stopRequested)
        rig.waitForDeadline()
        #expect(rig.outcomes == [.unconfirmed])
        #expect(rig.ledger.last == .stopped(StopRecord(drained: false)))
        #expect(rig.machine.mode == .stopped)
    }

    @Test func `a ledger that never answers cannot keep the daemon from stopping`() {
        var rig = Rig.idle()
        rig.storing = .holdsBack
        rig.send(.stopRequested)
        #expect(rig.machine.mode == .stopping)
        rig.waitForDeadline()
        #expect(rig.effects.contains(.finish))
    }

    @Test func `an outcome that could not be stored is stored later and intake waits for it`() {
        var rig = Rig.idle()
        rig.acceptItem()
        rig.passExitBeam()
        rig.storing = .fails(.failed)
        rig.drop()
        rig.waitForDeadline()
        #expect(rig.machine.mode == .suspended([.ledgerFailed]))
        #expect(rig.outcomes.isEmpty)
        rig.storing = .works
        rig.waitForDeadline()
        #expect(rig.outcomes == [.committed])
        #expect(rig.machine.mode == .idle)
    }

    @Test func `new settings take effect without losing what is known`() {
        var rig = Rig.idle()
        rig.send(.binLevelRead("fibre", .good(91, at: rig.now)))
        var settings = IntakeSettings.rs1
        settings.binFullPolicy = .refuse
        rig.send(.settingsChanged(settings))
        #expect(rig.machine.mode == .idle)
        #expect(rig.machine.fullBins == ["fibre"])
    }
}
