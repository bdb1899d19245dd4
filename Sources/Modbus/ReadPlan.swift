/// The fewest reads that bring what is wanted of one device.
public struct ReadPlan: Hashable, Sendable {
    /// How much a device answers in one read.
    public struct Limits: Hashable, Sendable {
        public let registers: Int
        public let bits: Int

        /// Nil beyond what the standard lets one read cover: 1 to 125 registers, 1 to 2000 bits.
        public init?(registers: Int = RegisterRange.countLimit, bits: Int = BitRange.countLimit) {
            guard (1...RegisterRange.countLimit).contains(registers), (1...BitRange.countLimit).contains(bits) else {
                return nil
            }
            self.registers = registers
            self.bits = bits
        }

        func count(in table: RegisterTable) -> Int { table.holdsBits ? bits : registers }
    }

    /// Something that one read would have to bring, because its parts belong together, and that is longer than the
    /// device's limit.
    public struct TooLong: Error, Hashable, Sendable {
        public let span: RegisterSpan
        public let limit: Int
    }

    /// None overlaps another. Ascending by table and address, unless a map wants some earlier.
    public let reads: [RegisterSpan]

    /// Neighbours are read together up to the device's limit. What nobody named is a hole, which no read touches: many
    /// devices refuse a read that does. Wanted spans that overlap are read at once, like each span itself: a value
    /// that changes between two reads would be torn.
    ///
    /// - Parameters:
    ///   - wanted: each is in one read as a whole.
    ///   - readable: what else may be read on the way from one to the next.
    public init(
        _ wanted: [RegisterSpan], readable: [RegisterSpan] = [], limits: Limits
    ) throws(TooLong) {
        var reads: [RegisterSpan] = []
        for table in RegisterTable.allCases {
            reads += try Self.reads(
                of: table, merged(wanted, of: table, joiningNeighbours: false),
                runs: merged(wanted + readable, of: table, joiningNeighbours: true), limit: limits.count(in: table))
        }
        self.reads = reads
    }

    /// From the left, each read is as long as it can be. No plan has fewer: the first read must begin at the first
    /// wanted span, and one that ends earlier leaves no less to the others.
    private static func reads(
        of table: RegisterTable, _ wanted: [Range<Int>], runs: [Range<Int>], limit: Int
    ) throws(TooLong) -> [RegisterSpan] {
        var reads: [Range<Int>] = []
        for next in wanted {
            guard next.count <= limit else {
                throw TooLong(span: RegisterSpan(table, addresses: next), limit: limit)
            }
            if let last = reads.last, next.upperBound - last.lowerBound <= limit,
                runs.contains(where: { $0.contains(last.lowerBound) && $0.contains(next.lowerBound) })
            {
                reads[reads.count - 1] = last.lowerBound..<next.upperBound
            } else {
                reads.append(next)
            }
        }
        return reads.map { RegisterSpan(table, addresses: $0) }
    }
}

/// The spans of one table, ascending, those that overlap made one.
private func merged(_ spans: [RegisterSpan], of table: RegisterTable, joiningNeighbours: Bool) -> [Range<Int>] {
    var merged: [Range<Int>] = []
    let sorted = spans.filter { $0.table == table }.map(\.addresses).sorted { $0.lowerBound < $1.lowerBound }
    for next in sorted {
        if let last = merged.last, next.lowerBound < last.upperBound + (joiningNeighbours ? 1 : 0) {
            merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, next.upperBound)
        } else {
            merged.append(next)
        }
    }
    return merged
}
