import Exploration
import Testing

struct CrashTests {
    @Test func `every power cut in a ledger's life leaves a ledger that opens with all that was promised`() throws {
        let summary = try CrashStudy().run(variants: 6, jobs: 1) { _, _, _ in }
        #expect(summary.failures.isEmpty, "\(summary.failures.joined(separator: "\n"))")
        #expect(summary.states > 500)
        #expect(summary.recovered > 50)
    }
}
