extension Matrix: Codable {
    private enum Key: String, CodingKey { case rows, columns, values }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let rows = try container.decode(Int.self, forKey: .rows)
        let columns = try container.decode(Int.self, forKey: .columns)
        let values = try container.decode([Double].self, forKey: .values)
        let limit = 1 << 20
        guard (0...limit).contains(rows), (0...limit).contains(columns), values.count == rows * columns else {
            throw DecodingError.dataCorruptedError(
                forKey: .values, in: container,
                debugDescription: "\(values.count) numbers do not make \(rows) rows of \(columns)")
        }
        self.init(rows: rows, columns: columns, values: values)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(rows, forKey: .rows)
        try container.encode(columns, forKey: .columns)
        try container.encode(values, forKey: .values)
    }
}

extension LowerTriangle: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let values = try container.decode([Double].self)
        var size = 0
        while Self.count(size: size) < values.count { size += 1 }
        guard Self.count(size: size) == values.count else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\(values.count) numbers do not fill a triangle")
        }
        self.init(size: size, values: values)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }
}
