// swift-tools-version: 6.2
import PackageDescription

// Every target of ours is built in the Swift 6 language mode with warnings as errors.
let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

// One name for each product of others that a target of ours imports.
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
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

// Another libgpiod than the system's: a folder with include/gpiod.h and lib/libgpiod.so (see scripts/lib/gpiod2).
let gpiodPrefix = Context.environment["RETURN_STATION_GPIOD_PREFIX"]
let gpiodHeader: [CSetting] = gpiodPrefix.map { [.unsafeFlags(["-I\($0)/include"])] } ?? []
let gpiodLibrary: [LinkerSetting] =
    (gpiodPrefix.map { [.unsafeFlags(["-L\($0)/lib"])] } ?? []) + [.linkedLibrary("gpiod")]

let c: [Target] = [
    .target(name: "CLinux"),
    .target(name: "CGpiod", cSettings: gpiodHeader, linkerSettings: gpiodLibrary),
    .target(name: "CBench", path: "Simulator/CBench", cSettings: gpiodHeader, linkerSettings: gpiodLibrary),
    .target(
        name: "CSimulatedDisk", path: "Simulator/CSimulatedDisk", linkerSettings: [.linkedLibrary("sqlite3")]),
    .target(name: "CModbus", linkerSettings: [.linkedLibrary("modbus")]),
    .target(name: "CBenchModbus", path: "Simulator/CBenchModbus", linkerSettings: [.linkedLibrary("modbus")]),
    .target(name: "CBenchAllocations", path: "Simulator/CBenchAllocations"),
    .target(name: "CBenchSQLite", path: "Simulator/CBenchSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),
]

let words: [Target] = [
    library("Vocabulary"),
    library("Modbus"),
    library("SmallNumerics"),
    library("StrictYAML", [yams]),
    library("Threads", ["CLinux"]),
    library("WriteAheadLog", [grdb, grdbSQLite]),
]

let pure: [Target] = [
    library("Station", ["Vocabulary"], exclude: ["Mode.md", "Passage.md"]),
    library("MaterialModel", ["Vocabulary", "SmallNumerics", crypto]),
    library("StationConfig", ["Vocabulary", "Modbus", "StrictYAML"]),
    library("Drivers", ["Vocabulary", "Modbus"]),
]

let training: [Target] = [
    library("ModelTraining", ["Vocabulary", "SmallNumerics", "MaterialModel", crypto])
]

let contracts: [Target] = [
    library("StationPorts", ["Vocabulary", "Station"]),
    library("OperatorAPI", ["Vocabulary", "MaterialModel"]),
    library("ClusterAPI", ["Vocabulary", crypto]),
    library("SparingLog", ["Vocabulary", logging]),
]

let adapters: [Target] = [
    library(
        "Hardware",
        [
            "CGpiod", "CLinux", "CModbus", "Modbus", "Threads", "Vocabulary", "StrictYAML", "Station", "StationConfig",
            "Drivers", "StationPorts", "SparingLog", logging,
        ]),
    library(
        "Ledger",
        [
            "Threads", "Vocabulary", "Station", "StationPorts", "OperatorAPI", "ClusterAPI", "SparingLog",
            "WriteAheadLog", crypto, grdb, grdbSQLite, logging,
        ]),
    library(
        "Uplink",
        [
            "Threads", "Vocabulary", "ClusterAPI", "SparingLog", asyncHTTPClient, crypto, logging, nioCore, nioSSL,
            serviceLifecycle,
        ]),
    library(
        "OperatorServer",
        [
            "CLinux", "Vocabulary", "OperatorAPI", "SparingLog", hummingbird, hummingbirdCore, logging, nioCore,
            nioPosix,
            serviceLifecycle,
        ]),
    library("ClusterStore", ["Vocabulary", "ClusterAPI", "WriteAheadLog", grdb]),
    library("Systemd"),
    simulator("SimulatedStation", ["Vocabulary", "SmallNumerics", "Station", "StationPorts", "StrictYAML"]),
    simulator("SimulatedBus", ["CLinux", "Threads", logging]),
    simulator("SimulatedDisk", ["CSimulatedDisk"]),
]

let shell: [Target] = [
    library(
        "StationRuntime", ["CLinux", "Threads", "Vocabulary", "Station", "StationPorts", "SparingLog", logging]),
    library(
        "ClusterServer",
        [
            "Vocabulary", "ClusterAPI", "SparingLog", httpTypes, hummingbird, hummingbirdCore, hummingbirdTLS, logging,
            serviceLifecycle,
        ]),
]

let assemblies: [Target] = [
    simulator(
        "VirtualStation",
        ["Vocabulary", "Station", "StationPorts", "SimulatedStation", "StationRuntime", logging]),
    simulator(
        "Exploration",
        [
            "Vocabulary", "Station", "StationPorts", "ClusterAPI", "Ledger", "Uplink", "ClusterStore",
            "SimulatedStation", "SimulatedDisk", "StationRuntime", "Threads", crypto, grdb, logging,
        ]),
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
            "Vocabulary", "Modbus", "Station", "MaterialModel", "ModelTraining", "StationConfig", "StationPorts",
            "OperatorAPI", "Hardware", "Ledger", "Uplink", argumentParser, asyncHTTPClient, nioCore,
        ]),
    executable(
        "clusterd",
        [
            "Vocabulary", "ClusterAPI", "ClusterStore", "ClusterServer", "Systemd", argumentParser, logging,
            serviceLifecycle,
        ]),
    executable(
        "station-sim",
        [
            "CLinux", "Threads", "Vocabulary", "MaterialModel", "StationConfig", "StationPorts", "SimulatedStation",
            "SimulatedBus", "Exploration", argumentParser, logging,
        ],
        path: "Simulator/station-sim"),
    executable(
        "station-bench",
        [
            "CBench", "CBenchAllocations", "CBenchModbus", "CBenchSQLite", "CLinux", "Vocabulary", "Modbus", "Threads",
            "Station",
            "MaterialModel",
            "StationConfig", "Drivers", "StationPorts", "ClusterAPI", "Hardware", "Ledger", "Uplink", "ClusterStore",
            "SimulatedStation", "SimulatedBus", "StationRuntime", "VirtualStation", argumentParser, crypto, logging,
        ],
        path: "Simulator/station-bench"),
]

let tests: [Target] = [
    .target(
        name: "TestSupport", dependencies: ["CLinux", "SmallNumerics", logging], path: "Tests/TestSupport",
        swiftSettings: strict),
    .target(
        name: "ShippedFiles",
        dependencies: ["Vocabulary", "MaterialModel", "StationConfig", "SimulatedStation"],
        path: "Tests/ShippedFiles", swiftSettings: strict),
    test("ArchitectureTests", []),
    test(
        "ClusterTests",
        [
            "Vocabulary", "ClusterAPI", "Uplink", "ClusterStore", "ClusterServer", "SparingLog",
            "TestSupport", crypto, grdb, hummingbird, hummingbirdTesting, logging,
        ],
        resources: [.copy("Fixtures")]),
    test(
        "ExplorationTests",
        [
            "Vocabulary", "Station", "StationPorts", "ClusterAPI", "Ledger", "ClusterStore", "SimulatedDisk",
            "Exploration", "ShippedFiles",
        ]),
    test(
        "HardwareTests",
        [
            "Modbus", "Threads", "Vocabulary", "Station", "StationConfig", "Drivers", "StationPorts", "StationRuntime",
            "Hardware", "SimulatedBus", "TestSupport",
        ]),
    test("DriversTests", ["Modbus", "Vocabulary", "StationConfig", "Drivers", "TestSupport"]),
    test("ModbusTests", ["Modbus", "TestSupport"]),
    test("SmallNumericsTests", ["SmallNumerics", "TestSupport"], resources: [.copy("Fixtures")]),
    test(
        "ModelTrainingTests", ["Vocabulary", "SmallNumerics", "MaterialModel", "ModelTraining"],
        resources: [.copy("Fixtures")]),
    test(
        "LedgerTests",
        [
            "Vocabulary", "Station", "StationPorts", "OperatorAPI", "ClusterAPI", "Ledger", "TestSupport", crypto,
            grdb, logging,
        ]),
    test("MaterialModelTests", ["Vocabulary", "MaterialModel", "TestSupport", crypto], resources: [.copy("Fixtures")]),
    test(
        "OperatorServerTests",
        [
            "Vocabulary", "OperatorAPI", "OperatorServer", "TestSupport", asyncHTTPClient, logging, nioCore,
            serviceLifecycle,
        ]),
    test(
        "PeerTests", ["Hardware", "Modbus", "StationConfig", "SimulatedBus", "TestSupport"],
        resources: [.copy("Fixtures")]),
    test("SimulatedBusTests", ["CLinux", "SimulatedBus", "TestSupport"]),
    test(
        "SimulatedStationTests",
        [
            "Vocabulary", "Modbus", "Drivers", "Station", "StationConfig", "StationPorts", "StrictYAML",
            "SimulatedStation", "ShippedFiles",
        ]),
    test("SimulatedDiskTests", ["SimulatedDisk", grdb]),
    test("SparingLogTests", ["Vocabulary", "SparingLog", "TestSupport"]),
    test("StationConfigTests", ["Modbus", "Vocabulary", "StrictYAML", "StationConfig"]),
    test(
        "StationRuntimeTests", ["Threads", "Vocabulary", "Station", "StationPorts", "StationRuntime", "TestSupport"]),
    test("StationTests", ["Vocabulary", "Station", "TestSupport"]),
    test(
        "StationctlTests",
        [
            "Vocabulary", "Modbus", "MaterialModel", "ModelTraining", "StationConfig", "StationPorts", "Hardware",
            "Ledger", "OperatorAPI",
            "OperatorServer", "Uplink", "SimulatedStation", "VirtualStation", "ShippedFiles", "stationctl",
            "TestSupport", argumentParser, logging,
        ]),
    test(
        "StationdTests",
        [
            "Vocabulary", "MaterialModel", "Ledger", "OperatorAPI", "StationConfig",
            "SimulatedStation", "VirtualStation", "ShippedFiles", "stationd", "TestSupport",
        ]),
    test("SystemdTests", ["Systemd", "TestSupport"]),
    test("ThreadsTests", ["CLinux", "Threads", "TestSupport"]),
    test(
        "WholeStationTests",
        [
            "Vocabulary", "Station", "MaterialModel", "StationPorts", "Ledger", "SimulatedStation", "VirtualStation",
            "ShippedFiles", logging,
        ]),
    test("EndToEndTests", ["TestSupport", "stationd", "stationctl", "clusterd", "station-sim"]),
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
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: c + words + pure + training + contracts + adapters + shell + assemblies + executables + tests
)
