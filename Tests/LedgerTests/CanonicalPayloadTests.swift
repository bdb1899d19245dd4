import ClusterAPI
import FoundationEssentials
import Testing
import Vocabulary

@testable import Ledger

/// What is written by hand for every item is byte for byte what the general encoder gives.
struct CanonicalPayloadTests {
    private static let items: [PayloadV1.Item] = Material.allCases.flatMap { material in
        [(nil, nil), (PackagingTypeID("cup-300"), UInt32.max)].map { packagingType, tag in
            PayloadV1.Item(
                packagingType: packagingType, material: material, stream: tag == nil ? .recycling : .reuse,
                massMilligrams: tag == nil ? 0 : -3, massSource: tag == nil ? .measured : .catalogue, tag: tag,
                bin: "metal.glass_1", confidencePermille: 987)
        }
    }

    @Test func `acceptances of every material, with and without a type and a tag`() throws {
        for item in Self.items {
            let payload = PayloadV1.Accepted(passage: .max, item: item)
            #expect(payload.canonicalBytes == (try CanonicalJSON.encode(payload)))
            #expect(PayloadV1.Accepted(canonical: payload.canonicalBytes)?.canonicalBytes == payload.canonicalBytes)
        }
    }

    @Test(arguments: [Samples.evidence, Samples.failedEvidence, Samples.evidenceOfThreeLooks, Evidence()])
    func `readings are written like the general encoder's and come back whole`(evidence: Evidence) throws {
        let readings = ReadingsV1(evidence)
        #expect(readings.canonicalBytes == (try CanonicalJSON.encode(readings)))
        let stored = try JSONDecoder().decode(ReadingsV1.self, from: readings.canonicalBytes)
        #expect(try stored.evidence() == evidence)
    }

    @Test func `spectra of further looks give exactly the frozen bytes`() throws {
        let looked = try EncodedRecord(Samples.acceptedAtThirdLook).readings
        #expect(
            looked.map { String(decoding: $0, as: UTF8.self) } == """
                {"furtherSpectra":[{"atNanoseconds":31,"failure":"timeout"},{"atNanoseconds":32,"value":{"dark":[3,4],\
                "integrationMicroseconds":5000,"raw":[5,6],"wavelengthsDecinanometres":[10140,10200],\
                "white":[60000,61000]}}],"massMilligrams":{"atNanoseconds":11,"value":35120},\
                "metal":{"atNanoseconds":14,"value":false},\
                "spectrum":{"atNanoseconds":13,"value":{"dark":[3,4],"integrationMicroseconds":5000,"raw":[1,2],\
                "wavelengthsDecinanometres":[10140,10200],"white":[60000,61000]}},\
                "tag":{"atNanoseconds":12,"value":{"number":4711}},"version":1}
                """)
    }

    @Test func `outcomes of every kind and cause`() throws {
        let causes = [nil] + OutcomeCause.allCases.map(Optional.some)
        for item in Self.items {
            for outcome in Outcome.allCases {
                for cause in causes {
                    let payload = PayloadV1.Ended(acceptedSequence: 7, item: item, outcome: outcome, cause: cause)
                    #expect(payload.canonicalBytes == (try CanonicalJSON.encode(payload)))
                    #expect(
                        PayloadV1.Ended(canonical: payload.canonicalBytes)?.canonicalBytes == payload.canonicalBytes)
                }
            }
        }
    }

    @Test func `refusals of every reason, weighed and not, withdrawn and not`() throws {
        for reason in RejectReason.allCases {
            for (packagingType, mass) in [(nil, nil), (PackagingTypeID("crate"), Int64(-1))] {
                let payload = PayloadV1.Refused(
                    passage: 1, reason: reason, packagingType: packagingType, material: .unknown,
                    confidencePermille: 0, withdrawn: mass == nil, massMilligrams: mass)
                #expect(payload.canonicalBytes == (try CanonicalJSON.encode(payload)))
                #expect(PayloadV1.Refused(canonical: payload.canonicalBytes)?.canonicalBytes == payload.canonicalBytes)
            }
        }
    }

    @Test(arguments: [
        ("reason", "passage"), ("\"withdrawn\":true}", "\"withdrawn\":true} "),
        ("\"withdrawn\":true}", "\"withdrawn\":1}"),
        ("{\"conf", "{ \"conf"), ("\"passage\":5", "\"passage\":05"), ("\"passage\":5", "\"passage\":-0"),
        ("\"passage\":5", "\"passage\":9223372036854775808"), ("\"passage\":5", "\"passage\":"),
        ("\"pet\"", "\"p\\u0065t\""), ("\"pet\"", "\"pet"), ("}", ""), ("}", ",\"more\":1}"),
    ])
    func `what is not written so is left to the general decoder`(part: String, other: String) throws {
        let payload = PayloadV1.Refused(
            passage: 5, reason: .unreadable, packagingType: nil, material: .pet, confidencePermille: 7,
            withdrawn: true, massMilligrams: 3)
        let text = String(decoding: payload.canonicalBytes, as: UTF8.self)
        let changed = text.replacing(part, with: other)
        #expect(changed != text)
        #expect(PayloadV1.Refused(canonical: Data(changed.utf8)) == nil)
    }
}
