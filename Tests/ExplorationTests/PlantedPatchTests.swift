import Exploration
import Foundation
import ShippedFiles
import Testing

/// The patches of Tests/PlantedBugs; that each is found is what `scripts/test-planted` shows.
struct PlantedPatchTests {
    /// One after the other, as the script does it: two of them may touch the same function, never the same lines.
    @Test func `every planted bug still fits the sources`() {
        var texts: [String: String] = [:]
        for patch in PlantedPatch.all {
            #expect(!patch.hunks.isEmpty, "\(patch.path) changes nothing")
            for hunk in patch.hunks where hunk.old != nil {
                let text = texts[hunk.file] ?? Shipped.text(hunk.file)
                guard let changed = hunk.applied(to: text) else {
                    Issue.record(
                        """
                        \(patch.path) no longer fits \(hunk.file): these lines do not stand there exactly once:
                        \((hunk.old ?? []).joined(separator: "\n"))
                        Put the wrong behaviour into that file again, under `Planted.bug == "\(patch.name)"`, replace \
                        this part of the patch by what `git diff -U2` says, take the change back, and run \
                        `scripts/test-planted \(patch.name)`.
                        """)
                    continue
                }
                texts[hunk.file] = changed
            }
        }
    }

    @Test(arguments: PlantedPatch.bugs)
    func `a planted bug says what is wrong and what finds it, and has a switch of its own`(patch: PlantedPatch) {
        #expect(patch.head.first?.hasSuffix(".") == true, "\(patch.path) does not begin with a sentence")
        #expect(!patch.foundBy.isEmpty, "\(patch.path) has no line \"Found by: …\"")
        for name in patch.foundBy {
            #expect(Invariant(rawValue: name) != nil, "\(patch.path): there is no invariant \(name)")
        }
        let switches = ["Planted.bug == \"\(patch.name)\"", "Planted.bug != \"\(patch.name)\""]
        for file in Set(patch.hunks.map(\.file)) {
            let lines = patch.hunks.filter { $0.file == file }.flatMap(\.new)
            let isSwitched = lines.contains { line in switches.contains { line.contains($0) } }
            #expect(isSwitched, "\(patch.path) changes \(file) without asking whether it is switched on")
        }
    }

    @Test func `every invariant has a planted bug`() {
        let found = Set(PlantedPatch.bugs.flatMap(\.foundBy))
        for invariant in Invariant.allCases {
            #expect(
                found.contains(invariant.rawValue),
                "no patch of \(PlantedPatch.folder) is found by \(invariant.rawValue): plant a bug that breaks it")
        }
        #expect(PlantedPatch.bugs.count >= 16)
    }

    @Test func `the table of planted bugs in docs/exploration.md names each once`() {
        let rows = Shipped.text("docs/exploration.md").split(separator: "\n").filter { $0.hasPrefix("| `") }
        let named = rows.compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
        #expect(named.sorted() == PlantedPatch.bugs.map(\.name).sorted())
    }

    @Test func `nothing that is shipped knows of planted bugs`() {
        #expect(
            !FileManager.default.fileExists(
                atPath: Shipped.root.appending(path: "Sources/Vocabulary/Planted.swift").path))
        for file in Set(PlantedPatch.all.flatMap(\.hunks).map(\.file)) {
            #expect(!Shipped.text(file).contains("Planted.bug"), "\(file) has a planted bug in it: take it out")
        }
    }

    @Test func `a hunk whose lines are gone, or stand there twice, does not fit`() {
        let patch = PlantedPatch(
            name: "x",
            text: """
                Something is wrong.
                Found by: chain truth

                diff --git a/Sources/A.swift b/Sources/A.swift
                --- a/Sources/A.swift
                +++ b/Sources/A.swift
                @@ -1,2 +1,3 @@
                 one
                -two
                +if Planted.bug != "x" { two }
                +three
                """)
        #expect(patch.foundBy == ["chain", "truth"])
        #expect(patch.hunks.map(\.file) == ["Sources/A.swift"])
        #expect(
            patch.hunks[0].applied(to: "zero\none\ntwo\nend")
                == "zero\none\nif Planted.bug != \"x\" { two }\nthree\nend")
        #expect(patch.hunks[0].applied(to: "one\n2") == nil)
        #expect(patch.hunks[0].applied(to: "one\ntwo\none\ntwo") == nil)
    }
}
