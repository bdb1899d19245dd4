import Foundation
import OperatorAPI
import TestSupport
import Testing
import Uplink

@testable import stationctl

@Suite struct KeyTests {
    @Test func `the key is shown with what the cluster says`() {
        let report = KeyReport(
            fingerprint: "ab12 cd34", publicKey: "AAEC", uplink: UplinkStatus(state: .waitingForApproval))
        #expect(
            keyText(report) == """
                fingerprint  ab12 cd34
                public key   AAEC
                exchange     none under way
                cluster      waiting for approval of this station's key by the cluster
                """)
    }

    @Test func `an exchange that is under way says what it waits for`() {
        var report = KeyReport(
            fingerprint: "ab12 cd34", publicKey: "AAEC", nextFingerprint: "ef56",
            uplink: UplinkStatus(state: .unreachable, lastError: "no route"))
        #expect(
            keyText(report) == """
                fingerprint  ab12 cd34
                public key   AAEC
                exchange     under way: ef56 comes next (the cluster has not answered yet)
                cluster      the cluster is unreachable; trying again (no route)
                """)
        report.exchangeHindrance = "The cluster answered 404 to the exchange of keys."
        #expect(keyText(report).contains("ef56 comes next (The cluster answered 404 to the exchange of keys.)"))
    }

    @Test func `without the daemon the key's own files are read, and nothing is made`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/station.key"
            let missing = #expect(throws: StationKeyError.self) { try keyReport(inDirectory: folder) }
            #expect(missing?.message.hasPrefix("There is no key \(path): ") == true)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
            let key = try StationKey.loadOrCreate(path: path)
            let found = try keyReport(inDirectory: folder)
            #expect(
                found
                    == KeyReport(fingerprint: key.fingerprint, publicKey: key.publicKey.base64EncodedString()))
            let next = try StationKey.loadOrCreate(path: path + ".next")
            #expect(try keyReport(inDirectory: folder).nextFingerprint == next.fingerprint)
            #expect(!keyText(try keyReport(inDirectory: folder)).contains("cluster  "))
        }
    }
}
