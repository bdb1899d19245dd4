import Vocabulary

/// One record of every kind, with every optional both present and absent somewhere.
enum Samples {
    static let cup = Acceptance(
        identification: Identification(
            packagingType: "cup-300", material: .pp, stream: .reuse, massMilligrams: 35_120, massSource: .measured,
            tag: Tag(number: 4711)),
        bin: "reuse", confidencePermille: 987)
    static let bottle = Acceptance(
        identification: Identification(
            packagingType: nil, material: .pet, stream: .recycling, massMilligrams: 24_000, massSource: .catalogue),
        bin: "plastic", confidencePermille: 901)

    static let evidence: Evidence = {
        var evidence = Evidence()
        evidence.mass = .good(Mass(milligrams: 35_120), at: Instant(nanoseconds: 11))
        evidence.tag = .good(.tag(Tag(number: 4711)!), at: Instant(nanoseconds: 12))
        evidence.spectrum = .good(
            Spectrum(
                wavelengthsDecinanometres: [10_140, 10_200], raw: [1, 2], white: [60_000, 61_000], dark: [3, 4],
                integrationMicroseconds: 5000), at: Instant(nanoseconds: 13))
        evidence.metal = .good(false, at: Instant(nanoseconds: 14))
        return evidence
    }()

    static let evidenceOfThreeLooks: Evidence = {
        var evidence = Samples.evidence
        evidence.furtherSpectra = [
            .failed(.timeout, at: Instant(nanoseconds: 31)),
            .good(
                Spectrum(
                    wavelengthsDecinanometres: [10_140, 10_200], raw: [5, 6], white: [60_000, 61_000], dark: [3, 4],
                    integrationMicroseconds: 5000), at: Instant(nanoseconds: 32)),
        ]
        return evidence
    }()

    static let acceptedAtThirdLook = LedgerRecord.accepted(
        AcceptanceRecord(passage: PassageID(rawValue: 9), acceptance: cup, evidence: evidenceOfThreeLooks))

    static let failedEvidence: Evidence = {
        var evidence = Evidence()
        evidence.mass = .failed(.timeout, at: Instant(nanoseconds: 21))
        evidence.tag = .good(.noTag, at: Instant(nanoseconds: 22))
        evidence.presence = .good(true, at: Instant(nanoseconds: 23))
        return evidence
    }()

    static let started = LedgerRecord.started(
        StartRecord(softwareVersion: "1.0", catalogueVersion: "2026-1", configurationDigest: "ab/cd"))
    static let acceptedCup = accepted(cup, passage: 1)

    static func accepted(_ acceptance: Acceptance, passage: Int64) -> LedgerRecord {
        .accepted(
            AcceptanceRecord(passage: PassageID(rawValue: passage), acceptance: acceptance, evidence: evidence))
    }

    static func ended(
        _ sequence: Int64, _ acceptance: Acceptance = cup, _ outcome: Outcome = .committed, _ cause: OutcomeCause? = nil
    ) -> LedgerRecord {
        .ended(OutcomeRecord(acceptedSequence: sequence, acceptance: acceptance, outcome: outcome, cause: cause))
    }

    static let refused = LedgerRecord.refused(
        RefusalRecord(
            passage: PassageID(rawValue: 3),
            rejection: Rejection(reason: .foreign, material: .unknown, confidencePermille: 300), withdrawn: true,
            massMilligrams: nil, evidence: failedEvidence))
    static let refusedHeavy = LedgerRecord.refused(
        RefusalRecord(
            passage: PassageID(rawValue: 4),
            rejection: Rejection(reason: .binFull, material: .pp, packagingType: "cup-300", confidencePermille: 950),
            withdrawn: false, massMilligrams: 35_000, evidence: Evidence()))

    /// A whole life of a station: entry 2 is ended by 3, 4 by 5.
    static let everyKind: [LedgerRecord] = [
        started, acceptedCup, ended(2), accepted(bottle, passage: 2), ended(4, bottle, .reversed, .pulledOut), refused,
        refusedHeavy, .modeChanged(ModeRecord(from: .idle, to: .held, causes: ["jam"])),
        .faultRaised(Fault(.binFull, subject: "plastic")), .faultCleared(Fault(.emergencyStop)),
        .commanded(CommandRecord(command: .clear, by: "anna")),
        .commanded(CommandRecord(command: .binEmptied(bin: "plastic"), by: "anna")),
        .stopped(StopRecord(drained: true)),
    ]

    static let countedCup = CountedItem(
        unixHour: 497_222, packagingType: "cup-300", material: .pp, stream: .reuse, outcome: .committed,
        massMilligrams: 35_120)
    static let countedHand = CountedItem(
        unixHour: 497_222, packagingType: nil, material: .unknown, stream: nil, outcome: .returned, massMilligrams: 0)

    /// The writer's own kinds, with every optional both present and absent somewhere.
    static let corrections: [LedgerRecord] = [
        .clockChanged(ClockRecord(stepMilliseconds: -3_600_000, isTrusted: false)),
        .hoursCorrected(
            HoursRecord(
                first: 2, last: 7, boot: Bench.boot,
                anchor: ClockAnchor(monotonicNanoseconds: 1_000_000_000, unixMilliseconds: 1_790_000_000_000),
                moves: [
                    HourMove(
                        fromHour: 497_220, toHour: 497_222, packagingType: "cup-300", material: .pp, stream: .reuse,
                        outcome: .committed, units: 1, massMilligrams: 35_120),
                    HourMove(
                        fromHour: 497_221, toHour: 497_222, packagingType: nil, material: .unknown, stream: nil,
                        outcome: .returned, units: 2, massMilligrams: 0),
                ])),
        .corrected(
            CorrectionRecord(
                correctedSequence: 3, by: "anna", why: "1/2 \"cup\"", was: countedCup,
                becomes: CountedItem(
                    unixHour: 497_222, packagingType: nil, material: .pet, stream: .recycling, outcome: .unconfirmed,
                    massMilligrams: 24_000))),
        .corrected(
            CorrectionRecord(correctedSequence: 6, by: "anna", why: "a hand", was: countedHand, becomes: nil)),
        .corrected(
            CorrectionRecord(correctedSequence: 6, by: "anna", why: "no hand", was: nil, becomes: countedHand)),
    ]
}
