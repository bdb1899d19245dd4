import Exploration
import Testing

struct ExplorationTests {
    @Test func `the same seed gives the same run, event by event`() throws {
        let settings = ExplorationSettings(seed: 7, items: 15)
        let first = Exploration(settings, Shipped.materials).run()
        let second = Exploration(settings, Shipped.materials).run()
        #expect(first.violation == nil)
        #expect(first == second)
    }
}
