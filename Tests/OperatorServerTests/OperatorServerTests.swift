import FoundationEssentials
import Glibc
import NIOCore
import OperatorAPI
import OperatorServer
import TestSupport
import Testing
import Vocabulary

@Suite struct OperatorServerTests {
    struct AnswerRow: Sendable, CustomTestStringConvertible {
        var uri: String
        var body: String
        var testDescription: String { uri }
    }

    /// What `stationctl` of any version gets: this text is frozen.
    @Test(arguments: [
        AnswerRow(
            uri: "/v1/status",
            body: #"{"activeInputs":["doorClosed"],"bins":[{"bin":"a","isFull":true,"levelPercent":91},"#
                + #"{"bin":"b","isFull":false}],"devices":[{"device":"scale","isAlive":true},"#
                + #"{"device":"drive","failure":"timeout","isAlive":false}],"#
                + #""energisedOutputs":["lampRed","heartbeat"],"#
                + #""inputs":[{"counters":{"bounces":4,"edges":5,"lost":3,"recoveries":2},"input":"metal"}],"#
                + #""ledger":{"acknowledgedSequence":10,"lastSequence":12,"ledger":"0f"},"mode":"suspended","#
                + #""modeCauses":["binFull"],"passage":"empty","softwareVersion":"1.0","station":"s-1","#
                + #""uplink":{"fingerprint":"ab12","lastError":"no route","state":"unreachable"},"uptimeSeconds":90}"#),
        AnswerRow(
            uri: "/v1/returns",
            body: #"[{"bin":"a","confidencePermille":990,"massMilligrams":35000,"material":"pp","outcome":"committed","#
                + #""packagingType":"cup","sequence":7,"stream":"reuse","unixMilliseconds":1700000000123},"#
                + #"{"cause":"noEvidence","confidencePermille":0,"massMilligrams":0,"material":"unknown","#
                + #""outcome":"returned","sequence":5,"unixMilliseconds":1700000000000}]"#),
        AnswerRow(
            uri: "/v1/returns?limit=1",
            body: #"[{"bin":"a","confidencePermille":990,"massMilligrams":35000,"material":"pp","outcome":"committed","#
                + #""packagingType":"cup","sequence":7,"stream":"reuse","unixMilliseconds":1700000000123}]"#),
        AnswerRow(uri: "/v1/returns/7", body: FakeBackend.explanation),
        AnswerRow(
            uri: "/v1/totals",
            body: #"[{"massMilligrams":70000,"material":"pp","outcome":"committed","packagingType":"cup","#
                + #""stream":"reuse","units":2}]"#),
        AnswerRow(
            uri: "/v1/faults",
            body: #"[{"code":"binFull","firstStep":"Exchange the bin.","remedy":"attendant","severity":"degraded","#
                + #""subject":"a","title":"Bin full"}]"#),
        AnswerRow(
            uri: "/v1/readings",
            body:
                #"[{"ageMilliseconds":0,"device":"scale","lastGood":{"ageMilliseconds":0,"text":"35.2","value":35.2},"#
                + #""point":"gross","quality":"good","text":"35.2","unit":"g","value":35.2},"#
                + #"{"ageMilliseconds":1500,"device":"reader","lastGood":{"ageMilliseconds":1500,"text":"none"},"#
                + #""point":"tag","quality":"good","text":"none","unit":""},"#
                + #"{"ageMilliseconds":0,"device":"level-a","lastGood":{"ageMilliseconds":1500,"text":"40","value":40},"#
                + #""point":"level","quality":"timeout","unit":"%"},"#
                + #"{"device":"drive","point":"","quality":"notConnected","unit":""}]"#),
        AnswerRow(
            uri: "/v1/key",
            body: #"{"exchangeHindrance":"later","fingerprint":"ab12","nextFingerprint":"cd34","publicKey":"AAEC","#
                + #""uplink":{"fingerprint":"ab12","state":"upToDate"}}"#),
    ])
    func `each answer is the frozen text`(row: AnswerRow) async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/op.sock"
            try await withServer(FakeBackend(), on: path) {
                let answer = try await send("GET", row.uri, to: path)
                #expect(answer == Answer(status: 200, body: row.body))
            }
        }
    }

    struct CommandRow: Sendable, CustomTestStringConvertible {
        var body: String
        var command: OperatorCommand
        var testDescription: String { body }
    }

    @Test(arguments: [
        CommandRow(body: #"{"by":"anna","command":{"clear":{}}}"#, command: .clear),
        CommandRow(body: #"{"by":"anna","command":{"binEmptied":{"bin":"a"}}}"#, command: .binEmptied(bin: "a")),
    ])
    func `a command reaches the backend as it was given`(row: CommandRow) async throws {
        let request = CommandRequest(command: row.command, by: "anna")
        let encoded = try OperatorJSON.encode(request)
        #expect(encoded == Data(row.body.utf8))
        let backend = FakeBackend()
        try await withTemporaryFolder { folder in
            let path = "\(folder)/op.sock"
            try await withServer(backend, on: path) {
                let answer = try await send("POST", "/v1/commands", body: row.body, to: path)
                #expect(answer == Answer(status: 200, body: #"{"message":"taken","taken":true}"#))
            }
        }
        #expect(await backend.commands == [request])
    }

    @Test func `a correction reaches the backend as it was given, and the answer says what came of it`() async throws {
        let body =
            #"{"by":"anna","isVoid":false,"massMilligrams":1500,"outcome":"returned","sequence":7,"why":"by hand"}"#
        let request = CorrectionRequest(
            sequence: 7, by: "anna", why: "by hand", outcome: .returned, massMilligrams: 1500)
        #expect(try OperatorJSON.encode(request) == Data(body.utf8))
        try await withTemporaryFolder { folder in
            let path = "\(folder)/op.sock"
            try await withServer(FakeBackend(), on: path) {
                let taken = try await send("POST", "/v1/corrections", body: body, to: path)
                let answer = #"{"correctedSequence":8,"message":"by hand","sequence":13,"taken":true}"#
                #expect(taken == Answer(status: 200, body: answer))
                let other = try await send(
                    "POST", "/v1/corrections", body: #"{"by":"a","isVoid":true,"sequence":9,"why":"b"}"#, to: path)
                #expect(other.body == #"{"message":"Entry 7 is the only one.","taken":false}"#)
                let wrong = try await send("POST", "/v1/corrections", body: #"{"sequence":7}"#, to: path)
                #expect(wrong.status == 400)
                #expect(wrong.body.hasPrefix(#"{"error":"The body is no correction in JSON: "#))
            }
        }
    }

    @Test func `an exchange of keys is asked for by name, and its answer is the key's`() async throws {
        let body = #"{"by":"anna"}"#
        #expect(try OperatorJSON.encode(KeyExchangeCommand(by: "anna")) == Data(body.utf8))
        try await withTemporaryFolder { folder in
            let path = "\(folder)/op.sock"
            try await withServer(FakeBackend(), on: path) {
                let taken = try await send("POST", "/v1/key/exchange", body: body, to: path)
                #expect(taken == (try await send("GET", "/v1/key", to: path)))
            }
        }
        try await withTemporaryFolder { folder in
            let path = "\(folder)/op.sock"
            try await withServer(FakeBackend(isBroken: true), on: path) {
                let refused = try await send("POST", "/v1/key/exchange", body: body, to: path)
                #expect(refused == Answer(status: 409, body: #"{"error":"The key is not anna's to exchange."}"#))
            }
        }
    }

    struct RefusalRow: Sendable, CustomTestStringConvertible {
        var method = "GET"
        var uri: String
        var body: String?
        var status: UInt
        var error: String
        var testDescription: String { "\(method) \(uri)" }
    }

    @Test(arguments: [
        RefusalRow(
            uri: "/", status: 404, error: "There is nothing at /; the calls are below /v1/."),
        RefusalRow(
            method: "POST", uri: "/v1/status", status: 405, error: "/v1/status is called with GET, not with POST."),
        RefusalRow(
            uri: "/v1/commands", status: 405, error: "/v1/commands is called with POST, not with GET."),
        RefusalRow(
            uri: "/v1/key/exchange", status: 405, error: "/v1/key/exchange is called with POST, not with GET."),
        RefusalRow(
            uri: "/v1/totals?x=1", status: 400, error: #"/v1/totals takes no query, but \"x=1\" was given."#),
        RefusalRow(
            uri: "/v1/returns?limit=0", status: 400,
            error: #"/v1/returns takes limit=N with N from 1 to 1000, but \"limit=0\" was given."#),
        RefusalRow(
            uri: "/v1/returns/x", status: 404,
            error: #"/v1/returns/N takes an entry's sequence number, but \"x\" was given."#),
        RefusalRow(uri: "/v1/returns/8", status: 404, error: "Entry 8 decides on no item."),
        RefusalRow(
            uri: "/v1/returns/7?x=1", status: 400, error: #"/v1/returns/7 takes no query, but \"x=1\" was given."#),
        RefusalRow(
            uri: "/v1/returns?limit=1001", status: 400,
            error: #"/v1/returns takes limit=N with N from 1 to 1000, but \"limit=1001\" was given."#),
        RefusalRow(
            method: "POST", uri: "/v1/commands", body: String(repeating: "x", count: 4097), status: 413,
            error: "A command has at most 4096 bytes; this one has more."),
    ])
    func `a call that does not fit is refused with a sentence`(row: RefusalRow) async throws {
        let backend = FakeBackend()
        try await withTemporaryFolder { folder in
            let path = "\(folder)/op.sock"
            try await withServer(backend, on: path) {
                let answer = try await send(row.method, row.uri, body: row.body, to: path)
                #expect(answer == Answer(status: row.status, body: #"{"error":""# + row.error + #""}"#))
            }
        }
        #expect(await backend.commands.isEmpty)
    }

    @Test(arguments: [
        #"{}"#, #"{"by":"anna","command":{"open":{}}}"#, #"{"by":"anna","command":{"binEmptied":{"bin":"a b"}}}"#,
    ])
    func `a body that is no command is refused`(body: String) async throws {
        let backend = FakeBackend()
        try await withTemporaryFolder { folder in
            let path = "\(folder)/op.sock"
            try await withServer(backend, on: path) {
                let answer = try await send("POST", "/v1/commands", body: body, to: path)
                #expect(answer.status == 400)
                #expect(answer.body.hasPrefix(#"{"error":"The body is no command in JSON: "#))
            }
        }
        #expect(await backend.commands.isEmpty)
    }

    @Test func `the daemon's own failure is answered as one`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/op.sock"
            try await withServer(FakeBackend(isBroken: true), on: path) {
                let answer = try await send("GET", "/v1/status", to: path)
                let body = #"{"error":"The daemon could not answer: the ledger cannot be read"}"#
                #expect(answer == Answer(status: 500, body: body))
            }
        }
    }
}

@Suite struct SocketFileTests {
    @Test func `the socket is open to its owner and group only`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/op.sock"
            try await withServer(FakeBackend(), on: path) {
                var status = stat()
                #expect(lstat(path, &status) == 0)
                #expect(status.st_mode & 0o777 == 0o660)
            }
        }
    }

    @Test func `the socket is gone after the server has stopped`() async throws {
        try await withTemporaryFolder { folder in
            try await withServer(FakeBackend(), on: "\(folder)/op.sock") {
                #expect(access("\(folder)/op.sock", F_OK) == 0)
            }
            #expect(access("\(folder)/op.sock", F_OK) != 0)
        }
    }

    @Test func `a socket that a dead daemon left behind is replaced`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/op.sock"
            // Bound and closed without being unlinked: what is left after kill -9.
            _ = try BoundSocket(SOCK_STREAM, at: path)
            try await withServer(FakeBackend(), on: path) {
                let answer = try await send("GET", "/v1/totals", to: path)
                #expect(answer.status == 200)
            }
        }
    }

    @Test func `a socket that somebody answers on is left alone`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/op.sock"
            try await withServer(FakeBackend(), on: path) {
                let error = await #expect(throws: SocketFileError.self) {
                    try await OperatorServerService(
                        backend: FakeBackend(), socketPath: path, now: { .zero }, logger: silentLogger
                    )
                    .run()
                }
                #expect(
                    error?.description
                        == "The operator socket \(path) cannot be used: another process answers on it; stop that one "
                        + "or choose another operatorSocket.")
                let answer = try await send("GET", "/v1/totals", to: path)
                #expect(answer.status == 200, "the first one still serves")
            }
        }
    }

    @Test func `a file of that name is not touched`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/op.sock"
            try Data("precious".utf8).write(to: URL(filePath: path))
            let error = await #expect(throws: SocketFileError.self) {
                try await OperatorServerService(
                    backend: FakeBackend(), socketPath: path, now: { .zero }, logger: silentLogger
                ).run()
            }
            #expect(
                error?.reason == "something else has that name; remove it or choose another operatorSocket.")
            let content = try String(contentsOf: URL(filePath: path), encoding: .utf8)
            #expect(content == "precious")
        }
    }

    @Test func `a call that fails again and again fills no log`() async throws {
        let recorder = LogRecorder()
        try await withTemporaryFolder { folder in
            let path = "\(folder)/op.sock"
            try await withServer(FakeBackend(isBroken: true), on: path, logger: recorder.logger) {
                for _ in 0..<25 {
                    let answer = try await send("GET", "/v1/status", to: path)
                    #expect(answer.status == 500)
                }
            }
        }
        let lines = recorder.lines.filter { $0.hasPrefix("error: The operator's call /v1/status failed") }
        #expect(lines.count == 10)
        #expect(lines.last?.contains("Further lines about operators' calls are left out") == true)
    }
}
