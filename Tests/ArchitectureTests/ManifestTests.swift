import Testing

/// The targets that Package.swift declares, taken from its text.
enum Manifest {
    struct Target: Sendable, CustomStringConvertible {
        var name: String
        /// Modules: our targets, and products of others, which all bear the name of their module.
        var dependencies: Set<String>
        var description: String { name }
    }

    /// Modules of the toolchain, which no manifest names.
    static let toolchain: Set = [
        "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Synchronization", "Testing",
    ]

    /// Tests that start a program depend on it so that it is built; they do not import it.
    static let programs: Set = ["clusterd", "station-sim", "stationctl", "stationd"]

    /// One declaration is a call of one of our helpers, or `.target(name:dependencies:)`.
    static func targets(in text: String) throws -> [Target] {
        let products = Dictionary(
            uniqueKeysWithValues: text.matches(of: /let (\w+) = Target\.Dependency\.product\(name: "(\w+)"/).map {
                (String($0.1), String($0.2))
            })
        let declaration =
            #/
            (?:library|simulator|executable|test|\.target)\(\s*(?:name:\s)?"([\w-]+)"
            (?:,\s*(?:dependencies:\s)?\[([^\]]*)\])?
            /#
        return try text.matches(of: declaration).map { match in
            let words = (match.2 ?? "").split { $0 == "," || $0.isWhitespace }.map(String.init)
            return Target(
                name: String(match.1),
                dependencies: Set(
                    try words.map { word in
                        if word.hasPrefix("\"") { return String(word.dropFirst().dropLast()) }
                        return try #require(products[word], "\(word) is no product")
                    }))
        }
    }
}

struct ManifestTests {
    @Test func `a target depends on exactly the modules that its files import`() throws {
        let targets = try Manifest.targets(in: Repository.text("Package.swift"))
        let files = try Repository.sources(in: ["Sources", "Simulator", "Tests"])
        let imports = Dictionary(grouping: files, by: \.target).mapValues { Set($0.flatMap(\.imports)) }
        #expect(imports.count > 30)
        for (name, imported) in imports {
            let target = try #require(targets.first { $0.name == name }, "\(name) is not in Package.swift")
            let needed = imported.subtracting(Manifest.toolchain)
            let missing = needed.subtracting(target.dependencies).sorted()
            let idle = target.dependencies.subtracting(needed).subtracting(Manifest.programs).sorted()
            #expect(missing.isEmpty, "\(name) imports \(missing) and does not depend on them")
            #expect(idle.isEmpty, "\(name) depends on \(idle) and does not import them")
        }
    }

    @Test func `the manifest is read as it is written`() throws {
        let targets = try Manifest.targets(
            in: """
                let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
                let some: [Target] = [
                    .target(name: "Clib"),
                    library("Alone"),
                    library("Two", ["Alone", logging], exclude: ["Two.md"]),
                    executable(
                        "three-d",
                        [
                            "Alone", "Two",
                            logging,
                        ],
                        path: "Elsewhere"),
                ]
                """)
        #expect(targets.map(\.name) == ["Clib", "Alone", "Two", "three-d"])
        #expect(targets.map(\.dependencies) == [[], [], ["Alone", "Logging"], ["Alone", "Two", "Logging"]])
    }
}
