// swift-tools-version: 6.2
import PackageDescription

// Every target of ours is built in the Swift 6 language mode with warnings as errors.
let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// A library target below `Sources`. The order of the calls below is the order of the rows in ARCHITECTURE.md.
func library(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

/// A library target below `Simulator`.
func simulator(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Simulator/\(name)", swiftSettings: strict)
}

func executable(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: strict)
}

func test(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

let c: [Target] = [
    .target(name: "CLinux"),
    .target(name: "CGpiod", linkerSettings: [.linkedLibrary("gpiod")]),
    .target(name: "CModbus", linkerSettings: [.linkedLibrary("modbus")]),
]

let words: [Target] = [
    library("Vocabulary"),
    library("StrictYAML", [yams]),
]

let pure: [Target] = [
    library("Station", ["Vocabulary"], exclude: ["Mode.md", "Passage.md"]),
    library("MaterialModel", ["Vocabulary"]),
    library("StationConfig", ["Vocabulary", "StrictYAML"]),
]

let contracts: [Target] = [
    library("StationPorts", ["Vocabulary", "Station"]),
    library("OperatorAPI", ["Vocabulary"]),
    library("ClusterAPI", ["Vocabulary", crypto]),
]

let adapters: [Target] = [
    library("Hardware", ["CGpiod", "CModbus", "Vocabulary", "Station", "StationConfig", "StationPorts", logging]),
    library("Ledger", ["Vocabulary", "Station", "StationPorts", "OperatorAPI", "ClusterAPI", grdb, crypto, logging]),
    library("Uplink", ["Vocabulary", "ClusterAPI", asyncHTTPClient, crypto, logging, serviceLifecycle]),
    library("OperatorServer", ["Vocabulary", "OperatorAPI", hummingbird, logging, serviceLifecycle]),
    library("ClusterStore", ["Vocabulary", "ClusterAPI", grdb, crypto, logging]),
    library("Systemd"),
    simulator("SimulatedStation", ["Vocabulary", "Station", "StationConfig", "StationPorts", "StrictYAML"]),
    simulator("SimulatedBus", ["CModbus", "Vocabulary", logging]),
]

let shell: [Target] = [
    library("StationRuntime", ["CLinux", "Vocabulary", "Station", "StationPorts", logging]),
    library(
        "ClusterServer",
        ["Vocabulary", "ClusterAPI", hummingbird, hummingbirdTLS, logging, serviceLifecycle]),
]

let assemblies: [Target] = [
    simulator(
        "VirtualStation",
        ["Vocabulary", "Station", "StationPorts", "SimulatedStation", "StationRuntime", logging]),
]

let executables: [Target] = [
    executable(
        "stationd",
        [
            "Vocabulary", "Station", "MaterialModel", "StationConfig", "StationPorts", "OperatorAPI", "ClusterAPI",
            "Hardware", "Ledger", "Uplink", "OperatorServer", "Systemd", "StationRuntime", "StrictYAML",
            argumentParser, crypto, logging, nioCore, serviceLifecycle, unixSignals,
        ]),
    executable(
        "stationctl",
        [
            "Vocabulary", "StationConfig", "OperatorAPI", "ClusterAPI", "Ledger",
            argumentParser, asyncHTTPClient, logging,
        ]),
    executable(
        "clusterd",
        [
            "Vocabulary", "StrictYAML", "ClusterAPI", "ClusterStore", "ClusterServer", "Systemd",
            argumentParser, logging, serviceLifecycle,
        ]),
    executable(
        "station-sim",
        [
            "Vocabulary", "Station", "StationConfig", "StationPorts", "SimulatedStation", "SimulatedBus",
            argumentParser, logging, serviceLifecycle,
        ],
        path: "Simulator/station-sim"),
    executable(
        "station-bench",
        [
            "Vocabulary", "Station", "MaterialModel", "StationConfig", "StationPorts", "Ledger", "SimulatedStation",
            "StationRuntime", "VirtualStation", argumentParser, logging,
        ],
        path: "Simulator/station-bench"),
]

let tests: [Target] = [
    test("ArchitectureTests", []),
    test("StationTests", ["Vocabulary", "Station"]),
    test("MaterialModelTests", ["Vocabulary", "MaterialModel"], resources: [.copy("Fixtures")]),
    test("StationConfigTests", ["Vocabulary", "StrictYAML", "StationConfig"]),
    test("HardwareTests", ["CModbus", "Vocabulary", "Station", "StationConfig", "StationPorts", "Hardware", "SimulatedBus", logging]),
    test("LedgerTests", ["Vocabulary", "Station", "StationPorts", "OperatorAPI", "ClusterAPI", "Ledger", grdb, crypto, logging]),
    test(
        "ClusterTests",
        [
            "Vocabulary", "ClusterAPI", "Uplink", "ClusterStore", "ClusterServer",
            grdb, crypto, hummingbird, asyncHTTPClient, logging, .product(name: "HummingbirdTesting", package: "hummingbird"),
        ],
        resources: [.copy("Fixtures")]),
    test("OperatorServerTests", ["Vocabulary", "OperatorAPI", "OperatorServer", asyncHTTPClient, logging]),
    test("StationctlTests", ["Vocabulary", "StationConfig", "OperatorAPI", "OperatorServer", "stationctl", logging]),
    test("SimulatedStationTests", ["Vocabulary", "Station", "StationConfig", "StationPorts", "StrictYAML", "SimulatedStation"]),
    test("SystemdTests", ["Systemd"]),
    test(
        "WholeStationTests",
        [
            "Vocabulary", "Station", "MaterialModel", "StationConfig", "StationPorts", "Ledger", "SimulatedStation",
            "StationRuntime", "VirtualStation",
        ]),
    test("StationRuntimeTests", ["Vocabulary", "Station", "StationPorts", "StationRuntime", logging]),
    test("EndToEndTests", ["stationd", "stationctl", "clusterd", "station-sim"]),
]

let package = Package(
    name: "return-station",
    products: [
        .executable(name: "stationd", targets: ["stationd"]),
        .executable(name: "stationctl", targets: ["stationctl"]),
        .executable(name: "clusterd", targets: ["clusterd"]),
        .executable(name: "station-sim", targets: ["station-sim"]),
    ],
    dependencies: [
        // Exact versions: Package.resolved is not kept, so the manifest itself pins what is built.
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: c + words + pure + contracts + adapters + shell + assemblies + executables + tests
)
