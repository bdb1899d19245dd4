/// What the programs print as JSON, read by names of its own: a renamed key breaks these tests.
struct StatusAnswer: Decodable {
    struct Device: Decodable {
        var device: String
        var isAlive: Bool
        var failure: String?
    }
    struct Ledger: Decodable {
        var lastSequence: Int64
        var acknowledgedSequence: Int64
    }
    struct Uplink: Decodable {
        var state: String
        var lastError: String?
        var fingerprint: String?
    }
    var mode: String
    var modeCauses: [String]
    var passage: String
    var devices: [Device]
    var ledger: Ledger
    var uplink: Uplink

    var lostDevices: [String] { devices.filter { !$0.isAlive }.map(\.device).sorted() }
}

/// A row of `stationctl totals` and of `clusterd totals`.
struct Count: Decodable, Hashable {
    var packagingType: String?
    var material: String
    var stream: String?
    var outcome: String
    var units: Int64
    var massMilligrams: Int64
}

struct ReturnAnswer: Decodable {
    var sequence: Int64
    var packagingType: String?
    var bin: String?
    var outcome: String?
    var cause: String?
    var correctedBy: Int64?
}

struct VerificationAnswer: Decodable {
    var isWhole: Bool
    var acceptances: Int64
    var openAcceptances: [Int64]
    var outcomes: Int64
    var refusals: Int64
    var problems: [String]
}

struct TruthAnswer: Decodable {
    struct Item: Decodable {
        var packagingType: String?
        var end: String
    }
    var items: [Item]
}
