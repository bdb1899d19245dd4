import Ledger
import StrictYAML

/// Why the daemon does not start, in sentences, with the exit code of sysexits(3) that systemd acts on.
struct StartFailure: Error {
    var exitCode: Int32
    var sentences: [String]

    /// EX_CONFIG: a restart changes nothing.
    static func configuration(_ sentences: [String]) -> StartFailure {
        StartFailure(exitCode: 78, sentences: sentences)
    }

    /// EX_IOERR: may go by itself.
    static func system(_ sentence: String) -> StartFailure {
        StartFailure(exitCode: 74, sentences: [sentence])
    }

    init(exitCode: Int32, sentences: [String]) {
        self.exitCode = exitCode
        self.sentences = sentences
    }

    init(_ errors: YAMLErrors) {
        self = .configuration(errors.errors.map(\.description))
    }

    init(_ error: LedgerError) {
        switch error.code {
        // EX_DATAERR: a person has to look; nothing is run over.
        case .newerFormat, .damaged, .otherStation: self.init(exitCode: 65, sentences: [error.message])
        case .locked, .notDurable, .diskFull, .notOpen, .invalidRequest, .systemError: self = .system(error.message)
        }
    }
}
