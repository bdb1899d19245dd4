import Glibc
import Hardware

/// What stands on the terminal for a moment and is taken away again; nothing where there is no terminal.
struct ProgressLine {
    private let isShown = isatty(STDERR_FILENO) == 1

    func show(_ text: String) {
        if isShown { write("\r\u{1B}[K\(text)") }
    }

    func clear() {
        if isShown { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        // Nothing depends on it.
        _ = Array(text.utf8).withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// Asks a person at the terminal; nil if there is none.
func confirmed(_ question: String) -> Bool? {
    guard isatty(STDIN_FILENO) == 1 else { return nil }
    print("\(question) [y/N] ", terminator: "")
    fflush(nil)
    return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
}
