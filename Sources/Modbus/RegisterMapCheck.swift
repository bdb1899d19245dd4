/// The rules between the points of a map.
struct RegisterMapCheck {
    typealias Fault = RegisterMapFaults.Fault

    let points: [RegisterPoint]
    let role: RegisterMap.Role

    var faults: [Fault] {
        countFaults + points.indices.flatMap { nameFaults($0) + decimalsFaults($0) + ruleFaults($0) + latchFaults($0) }
            + roleFaults
    }

    /// The flags that must be read before what they speak of.
    var latchSpans: [RegisterSpan] { points.compactMap { $0.latch.flatMap { named($0.point)?.span } } }

    func tooLong(_ error: ReadPlan.TooLong) -> Fault {
        let index = points.firstIndex { error.span.contains($0.span) }
        let what = error.span.table.holdsBits ? "bits" : "registers"
        return Fault(
            point: index, key: "name",
            sentence: "\(error.span.count) \(what) from address \(error.span.address) belong together, but the device "
                + "answers at most \(error.limit) in one read")
    }

    /// A value that is read before its flag may be an old one, although the flag is set.
    func lateFlags(in plan: ReadPlan) -> [Fault] {
        points.indices.compactMap { index in
            guard let latch = points[index].latch, let flag = named(latch.point),
                let valueRead = plan.reads.firstIndex(where: { $0.contains(points[index].span) }),
                let flagRead = plan.reads.firstIndex(where: { $0.contains(flag.span) }), flagRead > valueRead
            else { return nil }
            return Fault(
                point: index, key: "latch",
                sentence: "\"\(latch.point)\" would be read after the value that it speaks of; make what lies between "
                    + "them readable")
        }
    }

    private func named(_ name: String) -> RegisterPoint? { points.first { $0.name == name } }

    private var countFaults: [Fault] {
        guard !(1...RegisterMap.pointsLimit).contains(points.count) else { return [] }
        return [
            Fault(
                point: nil, key: "points",
                sentence: "\(points.count) points; a map has 1 to \(RegisterMap.pointsLimit)")
        ]
    }

    private func nameFaults(_ index: Int) -> [Fault] {
        guard points[..<index].contains(where: { $0.name == points[index].name }) else { return [] }
        return [
            Fault(point: index, key: "name", sentence: "\"\(points[index].name)\" is already the name of another point")
        ]
    }

    private func unknown(_ name: String, _ index: Int, _ key: String) -> Fault {
        Fault(
            point: index, key: key,
            sentence: "there is no point \"\(name)\"; the points are: \(points.map(\.name).joined(separator: ", "))")
    }

    private func decimalsFaults(_ index: Int) -> [Fault] {
        points[index].scaling.decimalsFrom.compactMap { name in
            guard let other = named(name) else { return unknown(name, index, "decimalsFrom") }
            guard case .integer = other.kind, other.name != points[index].name, other.scaling.isPlain else {
                return Fault(
                    point: index, key: "decimalsFrom",
                    sentence: "\"\(name)\" must be another point with a whole number, without scale, offset and "
                        + "decimalsFrom of its own")
            }
            return nil
        }
    }

    private func ruleFaults(_ index: Int) -> [Fault] {
        points[index].rules.enumerated().compactMap { position, rule in
            let key = RegisterMapFaults.ruleKey(position)
            guard let other = named(rule.point) else { return unknown(rule.point, index, key) }
            let bits: Int
            switch other.kind {
            case .integer(let count): bits = count
            case .flag: bits = 1
            case .real, .text:
                return Fault(
                    point: index, key: key,
                    sentence: "\"\(rule.point)\" has no whole number that could be tested")
            }
            guard case .bitSet(let bit) = rule.test, bit >= bits else { return nil }
            return Fault(
                point: index, key: key,
                sentence: "bit \(bit) of \"\(rule.point)\" does not exist; it has the bits 0 to \(bits - 1)")
        }
    }

    private func latchFaults(_ index: Int) -> [Fault] {
        guard let latch = points[index].latch else { return [] }
        guard let flag = named(latch.point) else { return [unknown(latch.point, index, "latch")] }
        guard flag.kind == .flag, [.coil, .holding].contains(flag.span.table), flag.name != points[index].name else {
            return [
                Fault(
                    point: index, key: "latch",
                    sentence: "\"\(latch.point)\" cannot be cleared: the flag must be a coil or one bit of a holding "
                        + "register")
            ]
        }
        return []
    }

    private var roleFaults: [Fault] {
        guard let name = role.point else { return [] }
        guard let index = points.firstIndex(where: { $0.name == name }) else {
            let fault = unknown(name, 0, role.key)
            return [Fault(point: nil, key: role.key, sentence: fault.sentence)]
        }
        return roleObjections(to: points[index]).map { Fault(point: nil, key: role.key, sentence: "\"\(name)\" \($0)") }
    }

    private func roleObjections(to point: RegisterPoint) -> [String] {
        let isNumber =
            switch point.kind {
            case .integer, .real: true
            case .flag, .text: false
            }
        switch role {
        case .monitor: return []
        case .scale, .binLevel:
            var objections: [String] = []
            if !isNumber { objections.append("is not a number") }
            if case .scale = role, RegisterMap.milligrams[point.unit] == nil {
                objections.append("is a mass and needs the unit mg, g or kg")
            }
            if case .binLevel = role, point.unit != "%" { objections.append("is a level and needs the unit %") }
            if point.scaling.noneValue != nil || point.latch.map({ $0.unset == .none }) ?? false {
                objections.append("must always be a number; noneValue and a latch with unset: none say there is none")
            }
            return objections
        case .tagReader:
            guard case .integer = point.kind, point.scaling.isPlain, point.scaling.codes.isEmpty else {
                return ["is a tag's number and must be a whole number without scale, offset, decimalsFrom and codes"]
            }
            return []
        }
    }
}

extension RegisterScaling {
    var isPlain: Bool { scale == .one && offset == .zero && decimalsFrom.isEmpty }
}

extension RegisterMap.Role {
    /// As the configuration calls it.
    var key: String {
        switch self {
        case .monitor: "role"
        case .scale: "scale"
        case .tagReader: "tagReader"
        case .binLevel: "binLevel"
        }
    }
}

extension ReadPlan {
    /// The same reads, those of these spans first.
    func reading(_ first: [RegisterSpan]) -> ReadPlan {
        let isFirst = { (read: RegisterSpan) in first.contains { read.contains($0) } }
        return ReadPlan(reads: reads.filter(isFirst) + reads.filter { !isFirst($0) })
    }

    private init(reads: [RegisterSpan]) { self.reads = reads }
}
