import ClusterAPI
import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import ClusterStore
@testable import Uplink

@Suite struct KeyExchangeTests {
    private func send(
        _ new: StationKey, replacing old: StationKey, signedBy signer: StationKey? = nil, to store: ClusterStore,
        _ change: (inout KeyExchangeRequest) -> Void = { _ in }
    ) async throws -> KeyExchangeAnswer {
        var request = try new.exchangeRequest(station: cupStation, replacing: old.publicKey)
        change(&request)
        let signed = try Signed(request, signer ?? old)
        return try await store.exchangeKey(request, body: signed.body, signature: signed.signature, at: noon)
    }

    @Test func `the bytes of the request, the proof and the answers are frozen`() async throws {
        let (old, new) = (try fixedKey(), try fixedKey(9))
        let proof = try KeyExchangeProof(oldPublicKey: old.publicKey, station: cupStation).bytes
        #expect(
            String(decoding: proof, as: UTF8.self)
                == #"{"oldPublicKey":"ebVWLo/mVPlAeLES6KmLp5AfhTrmlb7X4OORC60ElmQ=","station":"rs-1"}"#)
        let request = try new.exchangeRequest(station: cupStation, replacing: old.publicKey)
        let signed = try Signed(request, old)
        #expect(
            String(decoding: signed.body, as: UTF8.self)
                == #"{"newPublicKey":"Z37dnHpvuqXWCdxwBc6AEdVOAxSs+JyhcgV7wUDt5io=","signature":"ed25519="#
                + "NK5xLRINbLXDeDh1nPln1LdkEyFYK65pVPUgIzhd8MahwDTX0JhriyFxC0F30OmeBGJO0MoJqLje3QY9VESjAA=="
                + #"","station":"rs-1"}"#)
        #expect(
            signed.signature
                == "ed25519=4eqptHUE6fykUz+mWhDDegMu6nh2tkZRLpmFvNIOlxerwqz8Fn9oEYMkQiqRl5+QxNEer8WEWFtS7SeESglcCg==")
        try await withStore { store in
            try await store.enrolAndApprove(key: old)
            func text(_ answer: KeyExchangeAnswer) throws -> String {
                String(decoding: try CanonicalJSON.encode(answer), as: UTF8.self)
            }
            #expect(
                try text(try await send(new, replacing: old, to: store))
                    == #"{"fingerprint":"\#(new.fingerprint)","message":"The new key of station rs-1 is held.","#
                    + #""status":"exchanged"}"#)
            #expect(
                try text(try await send(new, replacing: old, to: store))
                    == #"{"fingerprint":"\#(new.fingerprint)","message":"The new key of station rs-1 was held before.","#
                    + #""status":"exchanged"}"#)
            #expect(
                try text(try await send(fixedKey(17), replacing: old, to: store))
                    == #"{"message":"The signature does not fit the body and the approved key of station rs-1.","#
                    + #""status":"badSignature"}"#)
        }
    }

    @Test func `the key changes once, only the new one's reports count, and the former is kept`() async throws {
        try await withStore { store in
            let (old, new) = (try fixedKey(), try fixedKey(9))
            try await store.enrolAndApprove(key: old)
            #expect(try await send(new, replacing: old, to: store).status == .exchanged)
            let after = try await store.dump()
            for _ in 0..<3 { #expect(try await send(new, replacing: old, to: store).status == .exchanged) }
            #expect(try await store.dump() == after)
            #expect(
                try await store.enrolment(of: cupStation) == Enrolment(publicKey: new.publicKey, state: .approved))
            let summary = try #require(try await store.stations().first)
            #expect(summary.formerFingerprint == old.fingerprint)
            #expect(summary.keyExchangedUnixSeconds == noon)
            #expect(
                summary.text == """
                    rs-1 approved
                      fingerprint \(new.fingerprint)
                      ledger      none reported yet
                      exchanged   2026-01-02T12:00:00Z, before it \(old.fingerprint)

                    """)
        }
    }

    @Test func `nobody exchanges a key without both, and nothing is written for the attempt`() async throws {
        try await withStore { store in
            let (old, new, thief) = (try fixedKey(), try fixedKey(9), try fixedKey(17))
            #expect(try await send(new, replacing: old, to: store).status == .notEnrolled)
            _ = try await store.enrol(EnrolmentRequest(station: cupStation, publicKey: old.publicKey))
            #expect(try await send(new, replacing: old, to: store).status == .notEnrolled)
            try await store.approve(cupStation, fingerprint: old.fingerprint)
            let before = try await store.dump()
            // The thief's own key in the place of the station's.
            #expect(try await send(thief, replacing: old, signedBy: thief, to: store).status == .badSignature)
            // The station's signature under a key that never agreed: somebody else's, or of another place.
            let foreign = try await send(new, replacing: old, to: store) { $0.newPublicKey = thief.publicKey }
            #expect(foreign.status == .badSignature)
            #expect(try await send(new, replacing: thief, signedBy: old, to: store).status == .badSignature)
            // The present key as its own successor.
            #expect(try await send(old, replacing: old, to: store).status == .badSignature)
            let short = try await send(new, replacing: old, to: store) { $0.newPublicKey = Data([1, 2, 3]) }
            #expect(short.status == .malformed)
            #expect(try await store.dump() == before)
            try await store.refuse(cupStation)
            #expect(try await send(new, replacing: old, to: store).status == .notEnrolled)
        }
    }

    @Test func `an old exchange that comes again changes nothing, and no key comes back`() async throws {
        try await withStore { store in
            let keys = [try fixedKey(), try fixedKey(9), try fixedKey(17)]
            try await store.enrolAndApprove(key: keys[0])
            for (old, new) in zip(keys, keys.dropFirst()) {
                #expect(try await send(new, replacing: old, to: store).status == .exchanged)
            }
            #expect(try await send(keys[1], replacing: keys[0], to: store).status == .badSignature)
            #expect(try await send(keys[0], replacing: keys[2], to: store).status == .malformed)
            #expect(try await store.enrolment(of: cupStation)?.publicKey == keys[2].publicKey)
        }
    }

    @Test func `a bounded number of former keys is kept, the newest`() async throws {
        try await withStore { store in
            var key = try fixedKey()
            try await store.enrolAndApprove(key: key)
            for number in 0..<(ClusterStore.formerKeysPerStationLimit + 3) {
                let next = try fixedKey(UInt8(100 + number))
                #expect(try await send(next, replacing: key, to: store).status == .exchanged)
                key = next
            }
            let former = try await store.dump().filter { $0.hasPrefix("former_keys ") }
            #expect(former.count == ClusterStore.formerKeysPerStationLimit)
        }
    }
}
