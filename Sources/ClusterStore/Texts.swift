import ClusterAPI

extension ObjectiveReport {
    /// A few lines for a person.
    public var text: String {
        """
        Material reuse of plastic packaging, \(year) (definition \(definitionVersion))
          rate        \(ratePartsPerMillion.map(Self.percent) ?? "unknown")
          objective   \(Self.percent(targetPartsPerMillion))
          reuse       \(Self.kilograms(reuseMilligrams))
          recycling   \(Self.kilograms(recyclingMilligrams))
          on market   \(placedOnMarketMilligrams.map(Self.kilograms) ?? "unknown: import the year's figures")

        """
    }

    private static func percent(_ partsPerMillion: Int64) -> String {
        "\(decimal(partsPerMillion, digits: 4)) %"
    }

    static func kilograms(_ milligrams: Int64) -> String {
        "\(decimal(milligrams, digits: 6)) kg"
    }

    /// A whole number of 10^-digits, written with a point; figures here are never negative.
    private static func decimal(_ value: Int64, digits: Int) -> String {
        let text = String(value)
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        return "\(padded.dropLast(digits)).\(padded.suffix(digits))"
    }
}

extension TotalSum {
    /// One line for a person.
    public var text: String {
        """
        \(packagingType?.rawValue ?? "unlisted") \(material.rawValue) \(stream?.rawValue ?? "-") \(outcome.rawValue): \
        \(units) units, \(ObjectiveReport.kilograms(massMilligrams))
        """
    }
}

extension StationSummary {
    /// A few lines for a person.
    public var text: String {
        """
        \(station) \(state.rawValue)\(isForked ? " FORKED: see `clusterd forks show \(station)`" : "")
          fingerprint \(fingerprint)
          ledger      \(ledger.map { "\($0), held up to entry \(watermark)" } ?? "none reported yet")

        """ + (exchangeText ?? "")
    }

    private var exchangeText: String? {
        guard let keyExchangedUnixSeconds, let formerFingerprint else { return nil }
        return "  exchanged   \(timeText(unixSeconds: keyExchangedUnixSeconds)), before it \(formerFingerprint)\n"
    }
}
