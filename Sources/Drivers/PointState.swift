import Modbus
import Vocabulary

/// What a look says of one point of a register map.
enum PointState: Hashable, Sendable {
    case exact(ExactDecimal)
    case real(Double)
    case flag(Bool)
    case text(String)
    /// The device says that there is nothing.
    case nothing
    case failed(ReadingFailure)

    func measured(at now: Instant) -> Measured<PointValue> {
        switch self {
        case .exact(let number): .good(.number(number.double), at: now)
        case .real(let number): .good(.number(number), at: now)
        case .flag(let isSet): .good(.flag(isSet), at: now)
        case .text(let text): .good(.text(text), at: now)
        case .nothing: .good(.nothing, at: now)
        case .failed(let failure): .failed(failure, at: now)
        }
    }

    /// The number in steps of 1 / `factor`, halves away from zero; nil if there is no number or it does not fit.
    func rounded(factor: Int128) -> Int64? {
        switch self {
        case .exact(let number): number.times(ExactDecimal(factor)).flatMap { Int64(exactly: $0.rounded) }
        case .real(let number): Int64(exactly: (number * Double(factor)).rounded())
        case .flag, .text, .nothing, .failed: nil
        }
    }
}

extension ReadingFailure {
    init(_ failure: QualityRule.Failure) {
        switch failure {
        case .refused: self = .refused
        case .implausible: self = .implausible
        case .unstable: self = .unstable
        }
    }
}

extension RegisterMap {
    func states(in image: RegisterImage) -> [PointState] { points.map { state(of: $0, in: image) } }

    /// The gravest reason against a value comes first: what the device or the map says of its faults, decimals that
    /// nobody can know, a value that is still moving; only then is the value itself looked at.
    func state(of point: RegisterPoint, in image: RegisterImage) -> PointState {
        if let failure = brokenRule(of: point, in: image, where: { $0 != .unstable }) { return .failed(failure) }
        guard let places = decimals(of: point, in: image) else { return .failed(.implausible) }
        if let failure = brokenRule(of: point, in: image, where: { $0 == .unstable }) { return .failed(failure) }
        if let latch = point.latch, flag(latch, in: image) != true {
            switch latch.unset {
            case .none: return .nothing
            case .unstable: return .failed(.unstable)
            }
        }
        return point.state(image.value(of: point), places: places)
    }

    /// Nil if the flag was not read.
    func flag(_ latch: RegisterPoint.Latch, in image: RegisterImage) -> Bool? {
        points.first { $0.name == latch.point }.flatMap { image.integer(of: $0) }.map { $0 != 0 }
    }

    private func brokenRule(
        of point: RegisterPoint, in image: RegisterImage, where isMeant: (QualityRule.Failure) -> Bool
    ) -> ReadingFailure? {
        for rule in point.rules where isMeant(rule.failure) {
            guard let number = points.first(where: { $0.name == rule.point }).flatMap({ image.integer(of: $0) }) else {
                return .implausible
            }
            if rule.test.holds(for: number) != rule.expected { return ReadingFailure(rule.failure) }
        }
        return nil
    }

    /// How far the decimal point moves; nil if one of the numbers is none or the sum is no setting of a device.
    private func decimals(of point: RegisterPoint, in image: RegisterImage) -> Int? {
        var sum = 0
        for name in point.scaling.decimalsFrom {
            guard let other = points.first(where: { $0.name == name }),
                case .exact(let number) = other.state(image.value(of: other), places: 0),
                let places = number.whole.flatMap({ Int(exactly: $0) }), abs(places) <= RegisterScaling.decimalsLimit
            else { return nil }
            sum += places
        }
        return abs(sum) <= RegisterScaling.decimalsLimit ? sum : nil
    }
}

extension RegisterPoint {
    /// What the registers' content is as a value of this point, its rules apart.
    func state(_ value: RegisterValue?, places: Int) -> PointState {
        switch value {
        case nil: .failed(.implausible)
        case .text(let text): .text(text)
        case .real(let number): real(number, places: places)
        case .integer(let number) where kind == .flag: .flag(number != 0)
        case .integer(let number): integer(number, places: places)
        }
    }

    private func integer(_ raw: Int128, places: Int) -> PointState {
        if raw == scaling.noneValue { return .nothing }
        guard let known = scaling.codes.isEmpty ? ExactDecimal(raw) : code(raw),
            let number = known.times(scaling.scale)?.shifted(left: places)?.plus(scaling.offset),
            scaling.plausible?.contains(number) ?? true
        else { return .failed(.implausible) }
        return .exact(number)
    }

    private func code(_ raw: Int128) -> ExactDecimal? {
        scaling.codes.indices.contains { $0 == raw } ? scaling.codes[Int(raw)] : nil
    }

    private func real(_ raw: Double, places: Int) -> PointState {
        var number = raw * scaling.scale.double
        for _ in 0..<abs(places) { number = places > 0 ? number / 10 : number * 10 }
        number += scaling.offset.double
        let isPlausible =
            scaling.plausible.map { ($0.lowerBound.double...$0.upperBound.double).contains(number) } ?? true
        return number.isFinite && isPlausible ? .real(number) : .failed(.implausible)
    }
}
