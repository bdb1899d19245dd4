import FoundationEssentials
import OperatorAPI
import ShippedFiles
import Testing
import Vocabulary

@testable import Ledger
@testable import stationctl

/// What `stationctl ledger reclassify` prints.
struct ReclassificationTextTests {
    private let header = ExportHeader(
        identity: LedgerIdentity(ledger: "0f", station: "rs-1"), first: 1, last: 412)

    private func rules() throws -> Rules {
        var rules = try Rules(configuration: ShiftLedger.configuration, catalogue: nil, model: nil)
        (rules.catalogueFile, rules.modelFile) = ("new.yaml", "m.json")
        return rules
    }

    private func found(_ rules: Rules, changesLimit: Int = 20) -> Reclassification {
        var evidence = Evidence()
        evidence.mass = .good(Mass(milligrams: 35_000), at: .zero)
        evidence.tag = .good(.tag(Tag(number: 100_001)!), at: .zero)
        evidence.presence = .good(true, at: .zero)
        let cup = Acceptance(
            identification: Identification(
                packagingType: nil, material: .pp, stream: .recycling, massMilligrams: 35_000, massSource: .measured),
            bin: "plastic", confidencePermille: 950)
        var found = Reclassification(changesLimit: changesLimit)
        func add(_ sequence: Int64, _ verdict: Verdict, _ evidence: Evidence?) {
            found.add(
                StoredDecision(
                    sequence: sequence, wallTime: WallTime(unixMilliseconds: 1_790_000_000_123, isTrusted: true),
                    verdict: verdict, evidence: evidence), by: rules)
        }
        add(2, .accept(cup), evidence)
        add(5, .reject(Rejection(reason: .lowConfidence, material: .pp, confidencePermille: 700)), evidence)
        add(7, .reject(Rejection(reason: .noEvidence)), nil)
        add(9, .reject(Rejection(reason: .stopping)), evidence)
        add(11, rules.verdict(on: evidence, isBinFull: false), evidence)
        return found
    }

    @Test func `a difference is a table of decisions, one of counts and one of entries`() throws {
        let rules = try rules()
        #expect(
            reclassificationText(found(rules, changesLimit: 1), rules, header) == """
                Entries 1 to 412 of the ledger of station rs-1 under catalogue 2026-11 (new.yaml) and model m.json:
                decided again                   3
                  otherwise                     2
                  only with another confidence  0
                readings pruned                 1
                decided by the moment           1 (stopping 1)

                STORED                   NOW              ITEMS  CHANGED
                accept pp recycling      accept pp reuse      1        1
                accept pp reuse          accept pp reuse      1        0
                reject pp lowConfidence  accept pp reuse      1        1

                ACCEPTED    MATERIAL  STREAM     UNITS  NOW     g    NOW
                -           pp        recycling      1    0  35.0    0.0
                cup-pp-300  pp        reuse          1    3  35.0  105.0

                ENTRY  TIME                  STORED                                       NOW
                    2  2026-09-21 14:13:20Z  accept pp recycling, -, 35.0 g, bin plastic  accept pp reuse, cup-pp-300, 35.0 g, bin reuse
                and 1 more, shown with --changes all

                Nothing was changed.
                """)
    }

    @Test func `where everything stays as it is there is no table of entries`() throws {
        let rules = try rules()
        let text = reclassificationText(Reclassification(changesLimit: 20), rules, header)
        #expect(
            text == """
                Entries 1 to 412 of the ledger of station rs-1 under catalogue 2026-11 (new.yaml) and model m.json:
                decided again                   0
                  otherwise                     0
                  only with another confidence  0
                readings pruned                 0
                decided by the moment           0 (-)

                Nothing was changed.
                """)
    }

    @Test func `the JSON is frozen`() throws {
        let rules = try rules()
        let json = try OperatorJSON.encode(
            ReclassificationSummary(found(rules, changesLimit: 1), rules, header))
        #expect(
            String(decoding: json, as: UTF8.self) == """
                {"catalogueVersion":"2026-11","changed":2,"changes":[{"now":{"bin":"reuse","confidencePermille":989,\
                "massMilligrams":35000,"material":"pp","packagingType":"cup-pp-300","stream":"reuse"},\
                "sequence":2,"stored":{"bin":"plastic","confidencePermille":950,"massMilligrams":35000,"material":"pp","stream":"recycling"},\
                "unixMilliseconds":1790000000123}],\
                "counts":[{"material":"pp","nowMilligrams":0,"nowUnits":0,"storedMilligrams":35000,"storedUnits":1,"stream":"recycling"},\
                {"material":"pp","nowMilligrams":105000,"nowUnits":3,"packagingType":"cup-pp-300","storedMilligrams":35000,\
                "storedUnits":1,"stream":"reuse"}],\
                "first":1,"last":412,"momentary":{"stopping":1},\
                "otherConfidence":0,"pairs":[{"changed":1,"items":1,"now":"accept pp reuse","stored":"accept pp recycling"},\
                {"changed":0,"items":1,"now":"accept pp reuse","stored":"accept pp reuse"},\
                {"changed":1,"items":1,"now":"accept pp reuse","stored":"reject pp lowConfidence"}],\
                "replayed":3,"station":"rs-1","withoutReadings":1}
                """)
    }
}
