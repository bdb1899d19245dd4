import Synchronization

/// A unit that is nothing but its tables: what is written can be read, what is not there is an illegal address, and a
/// table that is not there is an illegal function.
public final class RegisterBank: SlaveUnit {
    /// Neighbouring values of one table.
    public struct Block: Hashable, Sendable {
        public var first: UInt16
        public var values: [UInt16]

        /// - Parameter values: at most so many that the last address is 65 535.
        public init(from first: UInt16 = 0, _ values: [UInt16]) {
            precondition(Int(first) + values.count <= 65_536, "\(values.count) values from \(first) pass address 65535")
            self.first = first
            self.values = values
        }
    }

    /// Modbus application protocol V1.1b3, section 7.
    public static let illegalFunction: UInt8 = 1
    public static let illegalAddress: UInt8 = 2

    private let blocks: Mutex<[RegisterTable: Block]>

    public init(_ blocks: [RegisterTable: Block]) {
        self.blocks = Mutex(blocks)
    }

    /// Nil if there is no such address.
    public subscript(table: RegisterTable, address: UInt16) -> UInt16? {
        get { blocks.withLock { $0[table]?[address, count: 1]?.first } }
        set {
            guard let newValue else { return }
            blocks.withLock { _ = $0[table]?.set([newValue], at: address) }
        }
    }

    public func read(_ table: RegisterTable, address: UInt16, count: UInt16) -> SlaveAnswer {
        blocks.withLock { blocks in
            guard let block = blocks[table] else { return .exception(Self.illegalFunction) }
            return block[address, count: Int(count)].map { .values(Array($0)) } ?? .exception(Self.illegalAddress)
        }
    }

    public func write(_ table: RegisterTable, address: UInt16, values: [UInt16]) -> SlaveAnswer {
        blocks.withLock { blocks in
            guard blocks[table] != nil else { return .exception(Self.illegalFunction) }
            let isThere = blocks[table]?.set(values, at: address) ?? false
            return isThere ? .values([]) : .exception(Self.illegalAddress)
        }
    }
}

extension RegisterBank.Block {
    /// Nil unless all of them are there.
    fileprivate subscript(address: UInt16, count count: Int) -> ArraySlice<UInt16>? {
        let start = Int(address) - Int(first)
        return start >= 0 && start + count <= values.count ? values[start..<start + count] : nil
    }

    /// - Returns: false, with nothing changed, unless all of them are there.
    fileprivate mutating func set(_ new: [UInt16], at address: UInt16) -> Bool {
        let start = Int(address) - Int(first)
        guard start >= 0, start + new.count <= values.count else { return false }
        values.replaceSubrange(start..<start + new.count, with: new)
        return true
    }
}
