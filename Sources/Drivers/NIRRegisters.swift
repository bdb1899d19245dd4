import Modbus
import Vocabulary

/// The head's input registers 0 to 6: sequence number of the last measurement, status, integration time in microseconds
/// (high word first), number of bands, kind, sequence number of the references.
struct NIRHeader: Hashable, Sendable {
    static let block = RegisterRange(0, count: 7)

    enum Status: UInt16, Hashable, Sendable {
        case ready = 0
        case measuring, lampFault, takingReferences, referenceFault
    }

    let sequence: UInt16
    let status: Status
    let integrationMicroseconds: UInt32
    let bands: Int
    let referenceSequence: UInt16

    /// Nil if this cannot be a head of this kind: an unknown status, or another kind's number or count of bands.
    init?(_ registers: [UInt16], of kind: NIRHeadKind) {
        guard let status = Status(rawValue: registers[1]), Int(registers[4]) == kind.bandCount,
            registers[5] == kind.code
        else { return nil }
        sequence = registers[0]
        self.status = status
        integrationMicroseconds = doubleWord(registers[2], registers[3])
        bands = Int(registers[4])
        referenceSequence = registers[6]
    }

    func samples(at now: Instant) -> [PointSample] {
        [
            PointSample("lamp", .good(.flag(status != .lampFault), at: now)),
            PointSample("sequence", .good(.number(Double(sequence)), at: now)),
            PointSample("integration", unit: "us", .good(.number(Double(integrationMicroseconds)), at: now)),
            PointSample("bands", .good(.number(Double(bands)), at: now)),
            PointSample("references", .good(.number(Double(referenceSequence)), at: now)),
        ]
    }
}

/// The head's arrays while they are being read: wavelengths in 0.1 nm from 10, raw signal from 256, white reference
/// from 512, dark reference from 768.
struct NIRArrays: Hashable, Sendable {
    static let addresses: [UInt16] = [10, 256, 512, 768]
    static let referenceAddresses: [UInt16] = [512, 768]

    let header: NIRHeader
    private let addresses: [UInt16]
    private var remaining: [RegisterRange]
    private var registers: [UInt16] = []

    init(_ header: NIRHeader, addresses: [UInt16] = addresses) {
        self.header = header
        self.addresses = addresses
        remaining = addresses.flatMap { RegisterRange.chunks(from: $0, count: header.bands) }
    }

    /// The same once more, because the head wrote over what was read.
    func again(_ header: NIRHeader) -> NIRArrays { NIRArrays(header, addresses: addresses) }

    var nextChunk: RegisterRange? { remaining.first }

    mutating func take(_ chunk: [UInt16]) {
        registers += chunk
        remaining.removeFirst()
    }

    /// Nil unless everything of a measurement was read and the wavelengths ascend.
    var spectrum: Spectrum? {
        guard addresses == Self.addresses, let parts else { return nil }
        guard zip(parts[0], parts[0].dropFirst()).allSatisfy(<) else { return nil }
        return Spectrum(
            wavelengthsDecinanometres: parts[0], raw: parts[1], white: parts[2], dark: parts[3],
            integrationMicroseconds: header.integrationMicroseconds)
    }

    /// Nil unless both references were read, and they alone.
    var references: HeadReferences? {
        guard addresses == Self.referenceAddresses, let parts else { return nil }
        return HeadReferences(white: parts[0], dark: parts[1])
    }

    private var parts: [[UInt16]]? {
        let bands = header.bands
        guard registers.count == addresses.count * bands else { return nil }
        return addresses.indices.map { Array(registers[$0 * bands..<($0 + 1) * bands]) }
    }
}
