import Vocabulary

/// The bounds of the configuration's values, in one place for the reader and the manual.
enum Limits {
    static let diskReserveBytes: ClosedRange<Int64> = 1_000_000...1_000_000_000_000
    static let retentionAge: ClosedRange<Duration> = .seconds(86_400)...(.seconds(3650 * 86_400))
    static let retentionBytes: ClosedRange<Int64> = 64_000_000...1_000_000_000_000
    static let clusterPeriod: ClosedRange<Duration> = .seconds(1)...(.seconds(86_400))
    /// 600.00 Hz is the greatest output frequency of the drives we know.
    static let conveyorSpeedCentihertz: ClosedRange<Int64> = 100...60_000
    /// `sun_path` holds 108 bytes with its terminating zero (unix(7)).
    static let socketPathBytes = 107

    static let lineOffset = 0...1023
    /// The kernel cuts longer names (GPIO_MAX_NAME_SIZE is 32 with the terminating zero).
    static let lineNameBytes = 31
    static let debounce: ClosedRange<Duration> = .zero...(.seconds(1))

    static let busCount = 1...16
    static let baud = 1200...921_600
    static let stopBits = 1...2
    static let port = 1...65_535
    static let responseTimeout: ClosedRange<Duration> = .milliseconds(10)...(.seconds(10))
    /// Serial adapters hand bytes on in bursts up to 16 ms apart.
    static let byteTimeout: ClosedRange<Duration> = .milliseconds(20)...(.seconds(2))
    static let gap: ClosedRange<Duration> = .zero...(.seconds(1))

    static let deviceCount = 1...64
    /// 0 is broadcast and 248 to 255 are reserved (Modbus over serial line 1.02, 2.2).
    static let unit = 1...247
    static let period: ClosedRange<Duration> = .milliseconds(20)...(.seconds(3600))

    static let priority = 0...9
    /// Of a remote I/O.
    static let remoteChannel = 0...7

    /// The greatest of the customary six-digit numbers.
    static let registerNumber = 465_536
    static let readableCount = 64
    static let readableElements = 1...65_536
    static let lookInterval: ClosedRange<Duration> = .milliseconds(10)...(.seconds(10))
    /// No measurement of a passage takes longer.
    static let lookTimeout: ClosedRange<Duration> = .zero...(.seconds(30))
    static let lookAttempts = 1...100
    static let decimalsFromCount = 4
    static let ruleCount = 16
    /// Of an entry of the ledger; 0 for none.
    static let sequence = 0...1_000_000_000_000

    static let binCount = 1...4
    static let routeCount = 1...64
    static let jamClearingAttempts = 0...10
    static let consecutiveUnconfirmedLimit = 1...100
    static let placements = 1...IntakeSettings.placementLimit

    static let typeCount = 1...10_000
    static let massMilligrams: ClosedRange<Int64> = 100...25_000_000
    static let toleranceMilligrams: ClosedRange<Int64> = 0...25_000_000
    static let tag = 1...Int(UInt32.max)
}
