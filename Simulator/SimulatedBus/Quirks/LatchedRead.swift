import Synchronization

/// A unit that keeps what it has read until a coil is cleared, such as the Inveo RFID-MB-10 with its coil 1004: a tag
/// that comes while the flag is set is lost.
public final class LatchedRead: SlaveUnit {
    private struct Latch {
        var isSet = false
        var values: [UInt16]
    }

    private let unit: any SlaveUnit
    private let flag: UInt16
    private let first: UInt16
    private let latch: Mutex<Latch>

    /// - Parameters:
    ///   - flag: the coil.
    ///   - addresses: the holding registers that it guards; they are 0 until something was read.
    public init(_ unit: any SlaveUnit, flag: UInt16, guarding addresses: Range<UInt16>) {
        self.unit = unit
        self.flag = flag
        first = addresses.lowerBound
        latch = Mutex(Latch(values: [UInt16](repeating: 0, count: addresses.count)))
    }

    /// Something is in front of the device.
    /// - Parameter values: as many as the guarded registers.
    /// - Returns: false if it is lost because the flag is still set.
    public func present(_ values: [UInt16]) -> Bool {
        latch.withLock { latch in
            guard !latch.isSet else { return false }
            latch = Latch(isSet: true, values: values)
            return true
        }
    }

    public func read(_ table: RegisterTable, address: UInt16, count: UInt16) -> SlaveAnswer {
        let latch = latch.withLock { $0 }
        if table == .coils, address == flag, count == 1 { return .values([latch.isSet ? 1 : 0]) }
        let start = Int(address) - Int(first)
        guard table == .holdingRegisters, start >= 0, start + Int(count) <= latch.values.count else {
            return unit.read(table, address: address, count: count)
        }
        return .values(Array(latch.values[start..<start + Int(count)]))
    }

    public func write(_ table: RegisterTable, address: UInt16, values: [UInt16]) -> SlaveAnswer {
        guard table == .coils, address == flag, values.count == 1 else {
            return unit.write(table, address: address, values: values)
        }
        // The flag can be cleared from outside, not set.
        if values[0] == 0 { latch.withLock { $0.isSet = false } }
        return .values([])
    }
}
