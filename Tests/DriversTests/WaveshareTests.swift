import Modbus
import Testing
import Vocabulary

@testable import Drivers

struct WaveshareTests {
    static let off = [Bool](repeating: false, count: 8)
    static let inputs = [true, false, false, false, false, false, false, true]
    static let readInputs = ModbusRequest.readDiscreteInputs(BitRange(0, count: 8))
    static let readOutputs = ModbusRequest.readCoils(BitRange(0, count: 8))

    static func levels(_ channels: Int...) -> [Bool] { (0..<8).map { channels.contains($0) } }

    static func write(_ levels: [Bool]) throws -> ModbusRequest {
        .writeCoils(try #require(CoilValues(0, levels)))
    }

    @Test func `what is wanted is written and read back, and the frame is frozen`() throws {
        var module = WaveshareIO8CH()
        module.want(outputs: [3: true, 0: true, 8: true])
        #expect(module.begin(.poll, at: .at(0)) == .send(Self.readInputs))
        #expect(module.next(.bits(Self.inputs), at: .at(0)) == .send(Self.readOutputs))
        let write = try Self.write(Self.levels(0, 3))
        #expect(module.next(.bits(Self.off), at: .at(0)) == .send(write))
        #expect(write.pdu == [0x0F, 0, 0, 0, 8, 1, 0b0000_1001])
        #expect(module.next(.written, at: .at(0)) == .send(Self.readOutputs))
        guard case .done(.remoteInputs(Self.inputs), let samples) = module.next(.bits(Self.levels(0, 3)), at: .at(7))
        else {
            Issue.record("the inputs did not come")
            return
        }
        #expect(samples.count == 16)
        #expect(samples[7] == PointSample("input7", .good(.flag(true), at: .at(7))))
        #expect(samples[8] == PointSample("output0", .good(.flag(true), at: .at(7))))
        #expect(samples[9] == PointSample("output1", .good(.flag(false), at: .at(7))))
    }

    @Test func `a module that lost its supply gets its outputs again with the next poll`() throws {
        var module = WaveshareIO8CH()
        module.want(outputs: [2: true])
        _ = module.begin(.poll, at: .at(0))
        _ = module.next(.bits(Self.off), at: .at(0))
        guard case .done = module.next(.bits(Self.levels(2)), at: .at(0)) else {
            Issue.record("outputs that are as wanted are written nothing")
            return
        }
        _ = module.begin(.poll, at: .at(1000))
        _ = module.next(.bits(Self.off), at: .at(1000))
        #expect(module.next(.bits(Self.off), at: .at(1000)) == .send(try Self.write(Self.levels(2))))
    }

    @Test func `an output that was on before the daemon came is switched off`() throws {
        var module = WaveshareIO8CH()
        _ = module.begin(.poll, at: .at(0))
        _ = module.next(.bits(Self.off), at: .at(0))
        #expect(module.next(.bits(Self.levels(5)), at: .at(0)) == .send(try Self.write(Self.off)))
        #expect(module.parting == (try Self.write(Self.off)))
    }

    @Test func `outputs that do not keep what was written have failed`() throws {
        var module = WaveshareIO8CH()
        module.want(outputs: [1: true])
        _ = module.begin(.poll, at: .at(0))
        _ = module.next(.bits(Self.off), at: .at(0))
        _ = module.next(.bits(Self.off), at: .at(0))
        _ = module.next(.written, at: .at(0))
        #expect(module.next(.bits(Self.off), at: .at(0)) == .failed(.implausible))
    }

    @Test func `a command that comes while others are written waits for the next task`() throws {
        var module = WaveshareIO8CH()
        module.want(outputs: [1: true])
        _ = module.begin(.poll, at: .at(0))
        _ = module.next(.bits(Self.off), at: .at(0))
        _ = module.next(.bits(Self.off), at: .at(0))
        module.want(outputs: [1: false, 4: true])
        _ = module.next(.written, at: .at(0))
        guard case .done = module.next(.bits(Self.levels(1)), at: .at(0)) else {
            Issue.record("the outputs are as they were written")
            return
        }
        _ = module.begin(.poll, at: .at(10))
        _ = module.next(.bits(Self.off), at: .at(10))
        #expect(module.next(.bits(Self.levels(1)), at: .at(10)) == .send(try Self.write(Self.levels(4))))
    }
}
