import OperatorAPI
import Vocabulary

/// `stationctl faults` for people.
func faultsText(_ faults: [FaultRow]) -> String {
    guard !faults.isEmpty else { return "No faults." }
    return faults.map { fault in
        let subject = fault.subject.isEmpty ? "" : ": \(fault.subject)"
        return """
            \(fault.severity.rawValue.uppercased())  \(fault.title)\(subject) (\(fault.code.rawValue))
              \(fault.remedy.rawValue): \(fault.firstStep)
            """
    }.joined(separator: "\n\n")
}

/// The answer to a command.
func commandText(_ answer: CommandAnswer) -> String {
    answer.taken ? answer.message : "Refused: \(answer.message)"
}
