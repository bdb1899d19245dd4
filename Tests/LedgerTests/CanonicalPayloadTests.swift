import ClusterAPI
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
        }
    }

    @Test func `outcomes of every kind and cause`() throws {
        let causes = [nil] + OutcomeCause.allCases.map(Optional.some)
        for item in Self.items {
            for outcome in Outcome.allCases {
                for cause in causes {
                    let payload = PayloadV1.Ended(acceptedSequence: 7, item: item, outcome: outcome, cause: cause)
                    #expect(payload.canonicalBytes == (try CanonicalJSON.encode(payload)))
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
            }
        }
    }
}
