/// Bit rate and characters of a serial line, and the times that follow from them.
public struct SerialFormat: Hashable, Sendable {
    /// Bits per second.
    public let baud: Int
    /// Start bit, eight data bits, parity and stop bits: 10 to 12.
    public let characterBits: Int

    public init(baud: Int, hasParity: Bool, stopBits: Int) {
        precondition(baud > 0 && (1...2).contains(stopBits), "no serial line: \(baud) baud, \(stopBits) stop bits")
        self.baud = baud
        characterBits = 1 + 8 + (hasParity ? 1 : 0) + stopBits
    }

    /// Nanoseconds that so many characters take on the line.
    public func nanoseconds(characters: Int) -> Int64 {
        Int64(characters * characterBits) * 1_000_000_000 / Int64(baud)
    }

    /// Nanoseconds of silence between two RTU frames: 3.5 characters, fixed at 1.75 ms above 19200 baud (Modbus over
    /// serial line V1.02, 2.5.1.1).
    public var silenceNanoseconds: Int64 {
        baud > Self.fixedSilenceBaud
            ? Self.fixedSilenceNanoseconds : Int64(characterBits) * 3_500_000_000 / Int64(baud)
    }

    /// Unit and check sum are sent around function code and data.
    public static func frameByteCount(pdu: Int) -> Int { pdu + 3 }

    private static let fixedSilenceBaud = 19200
    private static let fixedSilenceNanoseconds: Int64 = 1_750_000
}
