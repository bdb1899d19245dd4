import Drivers
import Modbus
import Vocabulary

/// Any answers to any driver: every task ends, whatever the device says, and nothing traps.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDrivers(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var input = FuzzInput(start, count)
    let makers: [() -> any DeviceDriver] = [
        { LaumasTLB4() }, { TechnotradeVRD485() }, { ElsnerSO250() }, { DeltaMS300(speedCentihertz: 2500) },
        { NIRHead(.spectrometer) }, { NIRHead(.led8) },
    ]
    var driver = makers[Int(input.byte()) % makers.count]()
    var now = Instant.zero
    // A poll, then a measurement, then new references, as the scheduler would.
    for task in [DriverTask.poll, .measure, .takeReferences] {
        var step = driver.begin(task, at: now)
        for stepCount in 0... {
            // 128 bands in four arrays, read twice, and the looks before: far less than this.
            precondition(stepCount < 2000, "a task does not end")
            switch step {
            case .send(let request):
                now = now + .milliseconds(10)
                step = driver.next(input.answer(to: request), at: now)
                continue
            case .pause(let until):
                precondition(until > now, "a pause that is over")
                now = until
                step = driver.next(.pauseOver, at: now)
                continue
            case .done, .failed:
                break
            }
            break
        }
    }
    return 0
}

extension FuzzInput {
    /// As many values as were asked for, as the decoder guarantees; when the input is used up, zeros.
    mutating func answer(to request: ModbusRequest) -> DriverAnswer {
        switch request {
        case .readHolding(let range), .readInput(let range):
            .registers((0..<range.count).map { _ in word() })
        case .readCoils(let range), .readDiscreteInputs(let range):
            .bits((0..<range.count).map { _ in byte() & 1 == 1 })
        case .writeCoil, .writeHolding, .writeCoils, .writeHoldings:
            .written
        }
    }
}
