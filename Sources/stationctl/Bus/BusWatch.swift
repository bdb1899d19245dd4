import Hardware
import Modbus
import Vocabulary

/// Turns a series of reads into lines: the first values, then what changes. A failure is a line of its own, once; what
/// was read before it stays what the next values are compared with.
struct BusWatch {
    enum Outcome {
        case read([UInt16])
        case failed(ExchangeFailure)
    }

    /// `stationctl bus watch --json`: one for each line.
    struct Change: Codable, Hashable {
        var unixMilliseconds: Int64
        var quality: ReadingQuality
        /// Empty for a failure.
        var changed: [ShownValue]
    }

    let query: RegisterQuery
    private var known: [ShownValue] = []
    private var failure: ExchangeFailure?
    private var failures = 0

    init(_ query: RegisterQuery) {
        self.query = query
    }

    /// - Returns: nil if there is nothing new.
    mutating func take(_ outcome: Outcome, unixMilliseconds: Int64) -> (change: Change, text: String)? {
        switch outcome {
        case .failed(let next):
            failures += 1
            guard next.kind != failure?.kind else { return nil }
            failure = next
            let quality = ReadingQuality(next.readingFailure)
            return (
                Change(unixMilliseconds: unixMilliseconds, quality: quality, changed: []),
                "\(qualityText(quality))\(next.detail)"
            )
        case .read(let raw):
            let values = query.values(raw)
            let changed = values.filter { value in !known.contains(value) }
            let isBack = failure != nil
            guard !changed.isEmpty || isBack else { return nil }
            var parts = changed.map { value in
                let before = known.first { $0.address == value.address }
                return "\(value.address): " + (before.map { "\(words($0)) -> " } ?? "") + words(value)
            }
            if isBack { parts.insert("good again after \(failures) failed", at: 0) }
            known = values
            failure = nil
            failures = 0
            return (
                Change(unixMilliseconds: unixMilliseconds, quality: .good, changed: changed),
                parts.joined(separator: "; ")
            )
        }
    }

    private func words(_ value: ShownValue) -> String {
        query.table.holdsBits ? value.raw : "\(value.decoded.map(\.text).joined(separator: " | ")) (\(value.raw))"
    }
}

extension ExchangeFailure {
    /// Failures with the same are one and the same trouble.
    fileprivate var kind: String { "\(readingFailure.rawValue)\(detail)" }

    fileprivate var detail: String {
        switch self {
        case .exception(let code): ": \(ModbusException.name(of: code)) (\(code))"
        case .timeout, .badFrame, .disconnected: ""
        }
    }
}
