/// What happens with an answer on its way. A new one is one case here and one line in `distort`.
public enum WireFault: Hashable, Sendable {
    /// The check sum is wrong. TCP has none of its own: what a gateway cannot read from its line it does not pass on.
    case badChecksum
    /// The answer says that it is from another unit.
    case fromUnit(UInt8)
    /// Only so many bytes of the frame are sent.
    case cutOff(after: Int)
    /// Bytes that belong to no frame come first.
    case strayBytes([UInt8])
    /// The unit takes so long, which may be more than the master waits.
    case late(Duration)
    /// TCP: the transaction id is so much higher than the request's.
    case transactionOff(by: UInt16)
    /// The answer before this one comes again first.
    case staleFirst

    func distort(_ answer: inout OutgoingAnswer) {
        switch self {
        case .badChecksum: answer.isChecksumRight = false
        case .fromUnit(let unit): answer.unit = unit
        case .cutOff(let count): answer.byteLimit = count
        case .strayBytes(let bytes): answer.strayBytes += bytes
        case .late(let delay): answer.delay += delay
        case .transactionOff(let offset): answer.transactionOffset = offset
        case .staleFirst: answer.repeatsPrevious = true
        }
    }
}

/// A right answer, and what the wire makes of it.
struct OutgoingAnswer: Hashable, Sendable {
    var unit: UInt8
    var pdu: [UInt8]
    var isChecksumRight = true
    var byteLimit = Int.max
    var strayBytes: [UInt8] = []
    var delay = Duration.zero
    var transactionOffset: UInt16 = 0
    var repeatsPrevious = false

    init(unit: UInt8, pdu: [UInt8], faults: [WireFault] = []) {
        self.unit = unit
        self.pdu = pdu
        for fault in faults { fault.distort(&self) }
    }

    /// What is sent for a whole frame of this answer, after `previous`.
    func bytes(_ frame: [UInt8], previous: [UInt8]) -> [UInt8] {
        (repeatsPrevious ? previous : []) + strayBytes + frame.prefix(byteLimit)
    }
}
