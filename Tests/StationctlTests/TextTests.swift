import OperatorAPI
import Testing
import Vocabulary

@testable import stationctl

@Suite struct TextTests {
    @Test func `the status is one page with units`() {
        let status = StatusReport(
            station: "rs-1", softwareVersion: "0.1.0", mode: .suspended, modeCauses: ["binFull"], passage: "empty",
            bins: [
                BinStatus(bin: "reuse", levelPercent: 7, isFull: false),
                BinStatus(bin: "plastic", levelPercent: 91, isFull: true),
                BinStatus(bin: "fibre", levelPercent: nil, isFull: false),
            ],
            devices: [
                DeviceStatus(device: "scale", isAlive: true),
                DeviceStatus(device: "nir-head", isAlive: false, failure: .timeout),
            ],
            activeInputs: [.doorClosed, .diverterHome], energisedOutputs: [],
            ledger: LedgerStatus(
                ledger: "0f3a", lastSequence: 412, acknowledgedSequence: 400, usedBytes: 1_249_280,
                oldestReadings: OldestReadings(sequence: 17, unixMilliseconds: 1_790_000_000_123)),
            uplink: UplinkStatus(state: .unreachable, lastError: "connection refused", fingerprint: "ab12 cd34"),
            uptimeSeconds: 273_840,
            inputs: [
                InputStatus(input: .entryBeam, counters: LineCounters(edges: 812, bounces: 12)),
                InputStatus(
                    input: .dropBeam, counters: LineCounters(edges: 90_412, bounces: 90_011, lost: 17, recoveries: 2)),
            ])
        #expect(
            statusText(status) == """
                station        rs-1
                software       0.1.0, up 3 d 4 h
                mode           suspended: binFull
                passage        empty
                inputs active  doorClosed, diverterHome
                outputs on     -
                ledger         412 entries, 12 not yet acknowledged, 1.2 MB (0f3a)
                readings       kept since 2026-09-21 14:13:20Z (entry 17)
                uplink         the cluster is unreachable; trying again (connection refused)
                key            ab12 cd34

                BIN      LEVEL  STATE
                reuse      7 %  free
                plastic   91 %  full
                fibre        -  unknown

                DEVICE    STATE
                scale     alive
                nir-head  lost: it does not answer in time

                INPUT      EDGES  BOUNCES  LOST  RECOVERED
                entryBeam    812       12     0          0
                dropBeam   90412    90011    17          2
                """)
    }

    @Test func `a station at rest shows no causes and no key`() {
        let status = StatusReport(
            station: "s", softwareVersion: "1", mode: .idle, modeCauses: [], passage: "empty", bins: [], devices: [],
            activeInputs: [], energisedOutputs: [.lampGreen],
            ledger: LedgerStatus(ledger: "0f", lastSequence: 3, acknowledgedSequence: 3),
            uplink: UplinkStatus(state: .off), uptimeSeconds: 0)
        #expect(
            statusText(status) == """
                station        s
                software       1, up 0 s
                mode           idle
                passage        empty
                inputs active  -
                outputs on     lampGreen
                ledger         3 entries, all acknowledged (0f)
                uplink         off: no cluster is configured

                BIN  LEVEL  STATE

                DEVICE  STATE
                """)
    }

    @Test func `returns are a table with grams and times`() {
        let rows = [
            ReturnRow(
                sequence: 120, unixMilliseconds: 1_700_000_000_999, packagingType: nil, material: .pp, stream: nil,
                bin: nil, massMilligrams: 0, confidencePermille: 612, outcome: .returned, cause: "lowConfidence"),
            ReturnRow(
                sequence: 8, unixMilliseconds: 1_699_999_000_000, packagingType: "cup-pp-300", material: .pp,
                stream: .reuse, bin: "reuse", massMilligrams: 35_049, confidencePermille: 1000, outcome: nil,
                cause: nil),
        ]
        let lines = returnsText(rows).split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "SEQUENCE  TIME                  TYPE        MATERIAL  "
                    + "STREAM  BIN    MASS g  CONFIDENCE  OUTCOME    CAUSE",
                "     120  2023-11-14 22:13:20Z  -           pp        "
                    + "-       -         0.0      61.2 %  returned   lowConfidence",
                "       8  2023-11-14 21:56:40Z  cup-pp-300  pp        "
                    + "reuse   reuse    35.0     100.0 %  under way  -",
            ])
        #expect(returnsText([]) == "No item has been put in yet.")
    }

    @Test func `totals are a table`() {
        let rows = [
            TotalRow(
                packagingType: "cup", material: .pp, stream: .reuse, outcome: .committed, units: 1204,
                massMilligrams: 42_140_060),
            TotalRow(
                packagingType: nil, material: .unknown, stream: nil, outcome: .returned, units: 7, massMilligrams: 50),
        ]
        #expect(
            totalsText(rows) == """
                TYPE  MATERIAL  STREAM  OUTCOME    UNITS   MASS g
                cup   pp        reuse   committed   1204  42140.1
                -     unknown   -       returned       7      0.1
                """)
        #expect(totalsText([]) == "Nothing has been counted yet.")
    }

    @Test func `a fault says who does what first`() {
        let faults = [FaultRow(Fault(.binFull, subject: "plastic")), FaultRow(Fault(.doorOpen))]
        #expect(
            faultsText(faults) == """
                DEGRADED  Bin full: plastic (binFull)
                  attendant: Exchange the bin.

                BLOCKING  Door open (doorOpen)
                  attendant: Close the door, then clear.
                """)
        #expect(faultsText([]) == "No faults.")
    }

    @Test func `readings show their quality, and the last good value apart from the current state`() {
        let now = Instant(nanoseconds: 1_000_000_000_000)
        func row(_ device: DeviceID, _ sample: PointSample, then failure: ReadingFailure? = nil) -> ReadingRow {
            var reading = PointReading(sample)
            if let failure { reading.take(.failed(failure, at: now + .milliseconds(-250))) }
            return ReadingRow(device, reading, at: now, staleAfter: .seconds(3))
        }
        func ago(_ milliseconds: Int64) -> Instant { now + .milliseconds(-milliseconds) }
        let rows = [
            row("scale", PointSample("gross", unit: "g", .good(.number(35.1), at: ago(400)))),
            row("tag-reader", PointSample("tag", .good(.nothing, at: ago(1049)))),
            row("level-fibre", PointSample("level", unit: "%", .good(.number(40), at: ago(3001)))),
            row("nir-head", PointSample("lamp", .good(.flag(true), at: ago(125_000))), then: .timeout),
            ReadingRow("drive", nothingYet: nil),
            ReadingRow("scale-2", nothingYet: .badFrame),
        ]
        #expect(
            readingsText(rows) == """
                DEVICE       POINT  VALUE  UNIT    AGE  QUALITY       LAST GOOD
                scale        gross   35.1  g     0.4 s  good          -
                tag-reader   tag     none  -     1.0 s  good          -
                level-fibre  level      -  %     3.0 s  stale         40 %, 3.0 s ago
                nir-head     lamp       -  -     0.2 s  no answer     yes, 2 min 5 s ago
                drive        -          -  -         -  not read yet  -
                scale-2      -          -  -         -  bad frames    -
                """)
        #expect(readingsText([]) == "No device is configured.")
    }

    @Test func `a number is shown without what binary fractions add to it`() {
        let texts = [3, 0.1 + 0.2, -12.5, 4_294_967_295, 1e300].map { PointValue.number($0).text }
        #expect(texts == ["3", "0.3", "-12.5", "4294967295", "1e+300"])
    }

    @Test func `a refused command is called so`() {
        #expect(commandText(CommandAnswer(taken: true, message: "Cleared.")) == "Cleared.")
        #expect(commandText(CommandAnswer(taken: false, message: "The door is open.")) == "Refused: The door is open.")
    }

    struct TimeRow: Sendable, CustomTestStringConvertible {
        var milliseconds: Int64
        var text: String
        var testDescription: String { text }
    }

    /// Taken from `date -u -d @…`.
    @Test(arguments: [
        TimeRow(milliseconds: 0, text: "1970-01-01 00:00:00Z"),
        TimeRow(milliseconds: -1, text: "1969-12-31 23:59:59Z"),
        TimeRow(milliseconds: 951_782_400_000, text: "2000-02-29 00:00:00Z"),
        TimeRow(milliseconds: 1_709_251_199_000, text: "2024-02-29 23:59:59Z"),
        TimeRow(milliseconds: 1_772_323_200_000, text: "2026-03-01 00:00:00Z"),
        TimeRow(milliseconds: 4_107_542_399_000, text: "2100-02-28 23:59:59Z"),
    ])
    func `a time is shown in UTC`(row: TimeRow) {
        #expect(timeText(unixMilliseconds: row.milliseconds) == row.text)
    }

    @Test func `grams are rounded to one decimal`() {
        let texts = [0, 49, 50, 949, 950, 35_049, 35_050, -49, -50].map { gramsText(milligrams: $0) }
        #expect(texts == ["0.0", "0.0", "0.1", "0.9", "1.0", "35.0", "35.1", "0.0", "-0.1"])
    }

    @Test func `a duration shows its two largest units`() {
        let texts = [0, 59, 60, 3600, 3661, 86_400, 90_061].map { durationText(seconds: $0) }
        #expect(texts == ["0 s", "59 s", "1 min", "1 h", "1 h 1 min", "1 d", "1 d 1 h"])
    }
}
