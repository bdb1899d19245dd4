import Modbus
import Testing
import Vocabulary

@testable import Drivers

struct NIRHeadTests {
    /// Answers a head's requests as its register block says.
    struct Head {
        var bands: UInt16 = 128
        var kind: UInt16 = 1
        var referenceSequence: UInt16 = 3
        var sequence: UInt16 = 7
        var status: UInt16 = 0
        var wavelength: (UInt16) -> UInt16 = { 10140 + 55 * $0 }
        /// The sequence number moves by itself after so many array reads.
        var readsUntilOverwritten: Int?
        /// Whether a trigger is carried out.
        var measures = true
        var largestRead: UInt16 = 0
        /// Looks at the header for which the tile is still on its way.
        var looksAtTile = 0
        var tileIsStuck = false

        mutating func answer(_ request: ModbusRequest) -> DriverAnswer {
            switch request {
            case .readInput(let range):
                largestRead = max(largestRead, range.count)
                if range.address == 0, looksAtTile > 0 {
                    looksAtTile -= 1
                    status = looksAtTile > 0 ? 3 : 0
                }
                if range.address >= 10, let reads = readsUntilOverwritten {
                    readsUntilOverwritten = reads > 1 ? reads - 1 : nil
                    if reads == 1 { sequence += 1 }
                }
                return .registers((range.address..<range.address + range.count).map(register))
            case .writeHolding(let address, let value):
                #expect(address == 0)
                switch value {
                case 1: if measures { sequence += 1 }
                case 2 where tileIsStuck: status = 4
                case 2: referenceSequence += 1
                default: Issue.record("the head knows no command \(value)")
                }
                return .written
            case .readHolding, .readCoils, .readDiscreteInputs, .writeCoil, .writeCoils, .writeHoldings:
                Issue.record("the head is not asked for \(request)")
                return .written
            }
        }

        private func register(_ address: UInt16) -> UInt16 {
            switch address {
            case 0: sequence
            case 1: status
            case 2: 0x0001
            case 3: 0x86A0
            case 4: bands
            case 5: kind
            case 6: referenceSequence
            case 10..<256: wavelength(address - 10)
            case 256..<512: 3000 + (address - 256)
            case 512..<768: 60000
            default: 100
            }
        }
    }

    /// Runs a measurement to its end, with 5 ms for each exchange.
    static func measure(_ head: inout Head) -> (result: DriverResult?, now: Instant) {
        let (step, now) = run(.measure, head.kind == 2 ? .led8 : .spectrometer, &head)
        if case .done(let result, _) = step { return (result, now) }
        return (nil, now)
    }

    static func spectrum(_ result: DriverResult?) -> Measured<Spectrum>? {
        guard case .evidence(.spectrum(let measured)) = result else { return nil }
        return measured
    }

    @Test(arguments: NIRHeadKind.allCases)
    func `a spectrum of each kind of head is read in permitted chunks`(_ kind: NIRHeadKind) throws {
        let bands = UInt16(kind.bandCount)
        var head = Head(bands: bands, kind: kind.code)
        let (result, _) = Self.measure(&head)
        let spectrum = try #require(Self.spectrum(result)?.value)
        #expect(spectrum.wavelengthsDecinanometres == (0..<bands).map { 10140 + 55 * $0 })
        #expect(spectrum.raw == (0..<bands).map { 3000 + $0 })
        #expect(spectrum.white == Array(repeating: 60000, count: Int(bands)))
        #expect(spectrum.dark == Array(repeating: 100, count: Int(bands)))
        #expect(spectrum.integrationMicroseconds == 100_000)
        #expect(head.largestRead <= 125)
    }

    @Test func `a head that does not measure is a timeout after 1.5 s`() {
        var head = Head(measures: false)
        let (result, now) = Self.measure(&head)
        #expect(Self.spectrum(result) == .failed(.timeout, at: now))
        #expect(now >= .at(1500) && now < .at(1600))
    }

    @Test func `arrays that were overwritten while they were read are read once more`() {
        var head = Head(readsUntilOverwritten: 3)
        #expect(Self.spectrum(Self.measure(&head).result)?.value != nil)
        // The first read has 8 chunks: the second overwriting falls into the second read.
        var restless = Head(readsUntilOverwritten: 3)
        var driver = NIRHead(.spectrometer)
        var step = driver.begin(.measure, at: .zero)
        var last: DriverStep?
        for _ in 0..<200 where last == nil {
            switch step {
            case .send(let request):
                if case .readInput(let range) = request, range.address == 768 { restless.sequence += 1 }
                step = driver.next(restless.answer(request), at: .zero)
            case .pause: step = driver.next(.pauseOver, at: .zero)
            case .done, .failed: last = step
            }
        }
        #expect(last == .done(.evidence(.spectrum(.failed(.unstable, at: .zero)))))
    }

    struct RefusalRow {
        var name: String
        var head: Head
        var failure: ReadingFailure
    }

    @Test func `a head that cannot be believed gives no spectrum`() {
        let rows = [
            RefusalRow(name: "lamp fault", head: Head(status: 2), failure: .refused),
            RefusalRow(name: "unknown status", head: Head(status: 5), failure: .implausible),
            RefusalRow(name: "no bands", head: Head(bands: 0), failure: .implausible),
            RefusalRow(name: "one band too many", head: Head(bands: 129), failure: .implausible),
            RefusalRow(name: "spectrometer of 8 bands", head: Head(bands: 8), failure: .implausible),
            RefusalRow(name: "128 LEDs", head: Head(bands: 128, kind: 2), failure: .implausible),
            RefusalRow(name: "a kind of its own", head: Head(kind: 3), failure: .implausible),
            RefusalRow(
                name: "wavelengths do not ascend", head: Head(wavelength: { $0 == 5 ? 1 : 10140 + $0 }),
                failure: .implausible),
        ]
        for row in rows {
            var head = row.head
            let (result, now) = Self.measure(&head)
            #expect(Self.spectrum(result) == .failed(row.failure, at: now), "\(row.name)")
        }
    }

    // MARK: References

    /// Runs any task to its end, with 5 ms for each exchange.
    static func run(_ task: DriverTask, _ kind: NIRHeadKind, _ head: inout Head) -> (step: DriverStep, now: Instant) {
        var driver = NIRHead(kind)
        var now = Instant.zero
        var step = driver.begin(task, at: now)
        for _ in 0..<1000 {
            switch step {
            case .send(let request):
                let answer = head.answer(request)
                now = now + .milliseconds(5)
                step = driver.next(answer, at: now)
            case .pause(let until):
                now = until
                step = driver.next(.pauseOver, at: now)
            case .done, .failed:
                return (step, now)
            }
        }
        return (step, now)
    }

    @Test func `a head that took its references is read for white and dark alone`() {
        var head = Head(bands: 8, kind: 2)
        let (step, now) = Self.run(.takeReferences, .led8, &head)
        let references = HeadReferences(white: Array(repeating: 60000, count: 8), dark: Array(repeating: 100, count: 8))
        #expect(step == .done(.references(.good(references, at: now))))
        #expect(head.referenceSequence == 4 && head.sequence == 7)
    }

    @Test func `a tile that does not move is a refusal, and no reason not to measure`() {
        var head = Head(tileIsStuck: true)
        let (step, now) = Self.run(.takeReferences, .spectrometer, &head)
        #expect(step == .done(.references(.failed(.refused, at: now))))
        #expect(head.status == 4)
        #expect(Self.spectrum(Self.measure(&head).result)?.value != nil)
    }

    @Test func `an item that comes while the references are taken waits for them`() {
        var head = Head(status: 3, looksAtTile: 10)
        let (result, now) = Self.measure(&head)
        #expect(Self.spectrum(result)?.value != nil)
        // Nine looks of 5 ms with pauses of 20 ms between them come before the command.
        #expect(now >= .at(200))
    }

    @Test func `a head that never gets ready with its references is a timeout after 5 s`() {
        var head = Head(status: 3, looksAtTile: 100_000)
        let (step, now) = Self.run(.takeReferences, .spectrometer, &head)
        #expect(step == .done(.references(.failed(.timeout, at: now))))
        #expect(now >= .at(5000) && now < .at(5100))
    }

    @Test func `a poll tells how often the head took its references`() throws {
        var head = Head()
        let (step, now) = Self.run(.poll, .spectrometer, &head)
        guard case .done(.alive, let samples) = step else {
            Issue.record("\(step)")
            return
        }
        #expect(samples.last == PointSample("references", .good(.number(3), at: now)))
    }
}
