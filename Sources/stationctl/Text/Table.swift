/// Columns of text, two spaces apart, as wide as their widest cell.
struct Table {
    enum Alignment {
        case left, right
    }
    var columns: [(title: String, alignment: Alignment)]
    var rows: [[String]] = []

    init(_ columns: [(title: String, alignment: Alignment)]) {
        self.columns = columns
    }

    /// Shown in place of something that does not exist.
    static let nothing = "-"

    func render() -> String {
        let titles = columns.map(\.title)
        let widths = columns.indices.map { column in
            ([titles] + rows).map { $0[column].count }.max() ?? 0
        }
        return ([titles] + rows).map { row in
            let cells = columns.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                switch columns[column].alignment {
                case .left: return row[column] + padding
                case .right: return padding + row[column]
                }
            }
            return withoutTrailingSpaces(cells.joined(separator: "  "))
        }.joined(separator: "\n")
    }
}

/// Names on the left, values beside them.
func pairsText(_ pairs: [(name: String, value: String)]) -> String {
    let width = pairs.map(\.name.count).max() ?? 0
    return pairs.map { pair in
        let padding = String(repeating: " ", count: width - pair.name.count)
        return withoutTrailingSpaces("\(pair.name)\(padding)  \(pair.value)")
    }.joined(separator: "\n")
}

func withoutTrailingSpaces(_ line: String) -> String {
    guard let last = line.lastIndex(where: { $0 != " " }) else { return "" }
    return String(line[...last])
}
