/// The header before function code and data on TCP (Modbus messaging on TCP/IP V1.0b, 3.1.3): transaction, protocol 0,
/// count of the bytes that follow, unit.
public enum TCPFrame {
    public static let headerByteCount = 7

    public static func encode(_ request: ModbusRequest, transaction: UInt16, unit: UInt8) -> [UInt8] {
        let following = UInt16(request.pduByteCount + 1)
        var frame: [UInt8] = []
        frame.reserveCapacity(headerByteCount + request.pduByteCount)
        frame.append(UInt8(transaction >> 8))
        frame.append(UInt8(transaction & 0xFF))
        frame.append(0)
        frame.append(0)
        frame.append(UInt8(following >> 8))
        frame.append(UInt8(following & 0xFF))
        frame.append(unit)
        request.append(to: &frame)
        return frame
    }

    /// A request that is nothing but its function code.
    public static func encode(functionCode: UInt8, transaction: UInt16, unit: UInt8) -> [UInt8] {
        [UInt8(transaction >> 8), UInt8(transaction & 0xFF), 0, 0, 0, 2, unit, functionCode]
    }

    /// What an answer on the connection is to a request on it.
    public enum Match: Hashable, Sendable {
        /// Its function code and data.
        case answer(ArraySlice<UInt8>)
        /// The answer to an earlier request, which was given up: it is dropped, and the right one still comes.
        case stale
        /// Bytes that no Modbus server sends. Nobody knows where the next frame begins.
        case broken
    }

    /// Sorts one whole frame.
    public static func match(_ frame: [UInt8], transaction: UInt16, unit: UInt8) -> Match {
        guard frame.count > headerByteCount, frame[2] == 0, frame[3] == 0,
            Int(frame[4]) << 8 | Int(frame[5]) == frame.count - 6
        else { return .broken }
        guard UInt16(frame[0]) << 8 | UInt16(frame[1]) == transaction else { return .stale }
        return frame[6] == unit ? .answer(frame[headerByteCount...]) : .broken
    }
}
