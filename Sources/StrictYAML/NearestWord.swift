/// The word that a person most likely meant: the one with the fewest edits, if those are few for its length.
func nearestWord(to word: String, among candidates: [String]) -> String? {
    let greatestDistance = max(1, word.count / 3)
    let distances = candidates.map { (word: $0, distance: editDistance(word.lowercased(), $0.lowercased())) }
    return distances.filter { $0.distance <= greatestDistance }.min { $0.distance < $1.distance }?.word
}

/// At most `limit` words, those with the fewest edits first.
public func nearestWords(to word: String, among candidates: [String], limit: Int) -> [String] {
    let distances = candidates.map { (word: $0, distance: editDistance(word.lowercased(), $0.lowercased())) }
    return distances.sorted { ($0.distance, $0.word) < ($1.distance, $1.word) }.prefix(limit).map(\.word)
}

/// Levenshtein's distance: insertions, deletions and substitutions of one character.
private func editDistance(_ left: String, _ right: String) -> Int {
    let columns = Array(right)
    var previous = Array(0...columns.count)
    for (row, character) in left.enumerated() {
        var current = [row + 1]
        for (column, other) in columns.enumerated() {
            let substitution = previous[column] + (character == other ? 0 : 1)
            current.append(min(substitution, previous[column + 1] + 1, current[column] + 1))
        }
        previous = current
    }
    return previous[columns.count]
}
