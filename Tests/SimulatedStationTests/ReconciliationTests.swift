import Foundation
import SimulatedStation
import Testing

struct ReconciliationTests {
    private let truth = #"""
        {"version":1,"seed":7,"items":[
        {"index":0,"name":"cup","material":"pp","massMilligrams":35000,"script":"normal","end":"bin:reuse"},
        {"index":1,"name":"can","material":"steel","massMilligrams":52000,"script":"normal","end":"bin:metal-glass"},
        {"index":2,"name":"cup","material":"pp","massMilligrams":35000,"script":"normal","end":"handedBack"}]}
        """#
    private let totals = #"""
        [{"material":"pp","stream":"reuse","outcome":"committed","units":1,"massMilligrams":35100},
        {"material":"steel","stream":"recycling","outcome":"committed","units":1,"massMilligrams":52007},
        {"material":"pp","outcome":"returned","units":1,"massMilligrams":35000}]
        """#

    private func reconcile(truth: String? = nil, ledger: String? = nil, cluster: String? = nil) throws -> Reconciliation
    {
        try Reconciliation(
            truth: Data((truth ?? self.truth).utf8), ledger: Data((ledger ?? totals).utf8),
            cluster: Data((cluster ?? totals).utf8))
    }

    @Test func `three accounts that agree make a table and no sentence`() throws {
        let reconciliation = try reconcile()
        #expect(reconciliation.disagreements.isEmpty)
        #expect(
            reconciliation.table == """
                ITEMS SENT (simulator)
                  3 items, 122.000 g
                  bin:metal-glass          1
                  bin:reuse                1
                  handedBack               1

                                         LEDGER                 CLUSTER
                                          units           g      units           g
                  committed, reuse            1      35.100          1      35.100  agree
                  committed, recycling        1      52.007          1      52.007  agree
                  returned                    1      35.000          1      35.000  agree
                  reversed                    0       0.000          0       0.000  agree
                  unconfirmed                 0       0.000          0       0.000  agree
                  all                         3     122.107          3     122.107  agree
                """)
    }

    @Test func `without a cluster the ledger is held against the truth alone`() throws {
        let reconciliation = try Reconciliation(truth: Data(truth.utf8), ledger: Data(totals.utf8), cluster: nil)
        #expect(reconciliation.disagreements.isEmpty)
        #expect(
            reconciliation.table.hasSuffix(
                """
                                         LEDGER
                                          units           g
                  committed, reuse            1      35.100
                  committed, recycling        1      52.007
                  returned                    1      35.000
                  reversed                    0       0.000
                  unconfirmed                 0       0.000
                  all                         3     122.107
                """))
        let more = truth.replacing("handedBack", with: "bin:reuse")
        let other = try Reconciliation(truth: Data(more.utf8), ledger: Data(totals.utf8), cluster: nil)
        #expect(other.disagreements.count == 1)
    }

    @Test func `a single milligram is a disagreement`() throws {
        let cluster = totals.replacing("52007", with: "52006")
        #expect(
            try reconcile(cluster: cluster).disagreements == [
                "committed, recycling: the ledger has 1 units and 52007 mg, the cluster 1 units and 52006 mg."
            ])
    }

    @Test func `an item in a bin that nobody committed is a disagreement, unless it is unconfirmed`() throws {
        let more = truth.replacing("handedBack", with: "bin:reuse")
        #expect(
            try reconcile(truth: more).disagreements == [
                "3 items lie in the bins, but the ledger has 2 committed and 0 unconfirmed."
            ])
        let named = totals.replacing("returned", with: "unconfirmed")
        #expect(try reconcile(truth: more, ledger: named, cluster: named).disagreements.isEmpty)
    }

    @Test func `an item that has not ended is a disagreement`() throws {
        let open = truth.replacing("handedBack", with: "onBelt")
        #expect(try reconcile(truth: open).disagreements == ["1 of 3 items have not come to an end."])
    }
}
