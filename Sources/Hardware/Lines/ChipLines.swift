import CGpiod
import Glibc
import StationConfig
import StationPorts
import Vocabulary

/// Lines of a kernel GPIO chip: all inputs in one request, so that one read takes every edge, and two requests of
/// outputs, so that one call sets all of those that move something and pays for no other. Where that is refused, each
/// line is requested alone, so that one which cannot be had keeps none of the others.
final class ChipLines: LineBackend {
    /// Shown by `gpioinfo`.
    static let consumer = "return-station"

    /// Where a line is among the groups.
    private struct Seat {
        var group: LineGroup
        var index: UInt32
        var offset: UInt32
    }
    /// The same of an output. Plain memory: setting outputs is what has to be quick.
    private struct OutputSeat {
        /// Of a group that `groups` owns; nil while the line is not in use.
        var group: OpaquePointer?
        var index: UInt32 = 0
        var offset: UInt32 = 0
    }
    /// What one descriptor belongs to.
    private struct Source {
        /// Of a group that `groups` owns.
        var group: OpaquePointer
        var number: UInt32
        /// The group's inputs, in the order in which they were requested.
        var inputs: [InputLine]
        /// Whether all inputs of the group share it.
        var isShared: Bool
    }

    let name: String
    private let settings: LineSettings
    private let file: DeviceFile
    private let drained = UnsafeMutablePointer<cgpiod_edge>.allocate(capacity: Int(CGPIOD_DRAIN_LIMIT))
    private var chip: GPIOChip?
    /// Owns what `inputs`, `outputs` and `sources` point to.
    private var groups: [LineGroup] = []
    /// The first `sourceCount` are in use. Plain memory, as `outputs`.
    private let sources = UnsafeMutablePointer<Source>.allocate(capacity: ReadyDescriptors.limit)
    private var sourceCount = 0
    private(set) var pollDescriptors: [Int32] = []
    /// By ordinal.
    private var inputs = [Seat?](repeating: nil, count: InputLine.allCases.count)
    private let outputs = UnsafeMutablePointer<OutputSeat>.allocate(capacity: outputCount)
    private static let outputCount = OutputLine.allCases.count

    init(path: String, _ settings: LineSettings) {
        name = path
        self.settings = settings
        file = DeviceFile(path: path, customaryGroup: "gpio")
        outputs.initialize(repeating: OutputSeat(), count: Self.outputCount)
    }

    deinit {
        close()
        drained.deallocate()
        outputs.deallocate()
        sources.deallocate()
    }

    func open() throws(PortError) {
        close()
        chip = GPIOChip(path: name)
        if chip == nil { throw file.explain(errno, tried: "Opening the GPIO chip") }
    }

    func takeEdges(_ ready: ReadyDescriptors, into edges: inout [LineEdge]) throws(PortError) -> [InputLine] {
        var doubtful: [InputLine] = []
        for place in ready {
            guard place < sourceCount else { break }
            var mayHaveLost: Int32 = 0
            let count = Int(cgpiod_lines_drain(sources[place].group, sources[place].number, drained, &mayHaveLost))
            guard count > 0 || (count == 0 && !ready.isBroken(place)) else {
                // A hang-up without an error of its own: the chip is gone.
                throw file.explain(count == 0 ? ENODEV : errno, tried: "Reading edges from")
            }
            for edge in UnsafeMutableBufferPointer(start: drained, count: count) {
                edges.append(
                    LineEdge(
                        line: sources[place].inputs[Int(edge.line)], isActive: edge.level != 0,
                        at: Instant(nanoseconds: edge.nanoseconds), lost: Int64(edge.lost)))
            }
            if mayHaveLost != 0 {
                let source = sources[place]
                doubtful += source.isShared ? source.inputs : [source.inputs[Int(source.number)]]
            }
        }
        return doubtful
    }

    func isActive(_ line: InputLine) throws(PortError) -> Bool {
        guard let seat = inputs[line.ordinal] else { throw notOpen(line.rawValue) }
        let level = cgpiod_lines_get(seat.group.pointer, seat.index)
        guard level >= 0 else { throw file.explain(errno, tried: "Reading line \(line.rawValue) of") }
        return level != 0
    }

    func write(_ lines: OutputLines, isOn: Bool) throws(PortError) {
        let failed = set(lines, isOn: isOn)
        guard !failed.isEmpty else { return }
        let code = errno
        for line in failed where outputs[line.ordinal].group == nil { throw notOpen(line.rawValue) }
        let names = failed.map(\.rawValue).joined(separator: ", ")
        throw file.explain(code, tried: "Setting \(names) of")
    }

    /// One call for each group; goes on after an error, because the others may still become safe.
    /// - Returns: the lines that could not be set; `errno` says why, unless they are not in use.
    private func set(_ lines: OutputLines, isOn: Bool) -> OutputLines {
        var failed: OutputLines = []
        var rest = lines
        while let first = rest.first {
            guard let group = outputs[first.ordinal].group else {
                rest.remove(first)
                failed.insert(first)
                continue
            }
            var together: OutputLines = []
            var which: UInt64 = 0
            for line in rest where outputs[line.ordinal].group == group {
                which |= 1 << UInt64(outputs[line.ordinal].index)
                together.insert(line)
            }
            rest.subtract(together)
            if cgpiod_lines_set(group, which, isOn ? 1 : 0) != 0 { failed.formUnion(together) }
        }
        return failed
    }

    /// The kernel lets an output's line fall back as soon as it is given back; to be sure it is set to 0 first.
    func close() {
        _ = set(OutputLines(OutputLine.allCases), isOn: false)
        for line in inputs.indices { inputs[line] = nil }
        outputs.update(repeating: OutputSeat(), count: Self.outputCount)
        sources.deinitialize(count: sourceCount)
        sourceCount = 0
        pollDescriptors = []
        groups = []
        chip = nil
    }

    private func notOpen(_ line: String) -> PortError {
        PortError(.disconnected, "Line \(line) cannot be used: \(name) is not open. It is tried again by itself.")
    }
}

// MARK: Requesting

extension ChipLines {
    private struct Wanted {
        var line: StationLine
        var wish: cgpiod_wish
    }

    func request(_ inputs: [InputLine], _ outputs: [OutputLine: Bool]) -> [StationLine: PortError] {
        var failures: [StationLine: PortError] = [:]
        let outputLines = OutputLine.allCases.filter { outputs[$0] != nil && self.outputs[$0.ordinal].group == nil }
        let inputLines = inputs.filter { self.inputs[$0.ordinal] == nil }
        let wanted = find(
            outputLines.map(StationLine.output) + inputLines.map(StationLine.input), levels: outputs, &failures)
        let together = [
            wanted.filter { $0.line.isMotion }, wanted.filter { !$0.line.isInput && !$0.line.isMotion },
            wanted.filter(\.line.isInput),
        ]
        for lines in together {
            // One at a time after a refusal: that names the line, and the others work.
            if lines.isEmpty || take(lines) == nil { continue }
            for one in lines {
                guard let error = take([one]) else { continue }
                failures[one.line] = file.explain(
                    error, tried: "Requesting line \(one.line.name) (offset \(one.wish.offset)) of")
            }
        }
        return failures
    }

    /// Turns places into offsets; a line whose place is wrong fails alone.
    private func find(
        _ lines: [StationLine], levels: [OutputLine: Bool], _ failures: inout [StationLine: PortError]
    ) -> [Wanted] {
        guard !lines.isEmpty else { return [] }
        let byName = lines.contains { settings.assignment(of: $0)?.place.isName ?? false }
        guard let names = chip?.lineNames(reading: byName) else {
            let error = file.explain(errno, tried: "Asking for the lines of")
            for line in lines { failures[line] = error }
            return []
        }
        let places = LinePlaces(chip: name, names: names)
        var users: [UInt32: String] = [:]
        for line in InputLine.allCases { inputs[line.ordinal].map { users[$0.offset] = line.rawValue } }
        for line in OutputLine.allCases where outputs[line.ordinal].group != nil {
            users[outputs[line.ordinal].offset] = line.rawValue
        }
        var wanted: [Wanted] = []
        for line in lines {
            guard let assignment = settings.assignment(of: line) else { continue }
            do throws(PortError) {
                let offset = try places.offset(of: assignment.place, for: line.name)
                if let user = users.updateValue(line.name, forKey: offset) {
                    throw PortError(
                        .busy,
                        "Requesting line \(line.name) of \(name) failed: \(user) has the same line, offset \(offset). "
                            + "Correct one of them.")
                }
                wanted.append(Wanted(line: line, wish: assignment.wish(offset: offset, isOn: line.level(in: levels))))
            } catch {
                failures[line] = error
            }
        }
        return wanted
    }

    /// Requests lines of one direction together.
    /// - Returns: the `errno` of a refusal; nil if all of them are in use now.
    private func take(_ wanted: [Wanted]) -> Int32? {
        guard let chip = chip?.pointer, let isInput = wanted.first?.line.isInput else { return EBADF }
        let request = isInput ? cgpiod_request_inputs : cgpiod_request_outputs
        guard let pointer = request(chip, wanted.map(\.wish), UInt32(wanted.count), Self.consumer) else { return errno }
        let group = LineGroup(pointer)
        groups.append(group)
        for (index, one) in wanted.enumerated() {
            let (index, offset) = (UInt32(index), one.wish.offset)
            switch one.line {
            case .input(let input): inputs[input.ordinal] = Seat(group: group, index: index, offset: offset)
            case .output(let output):
                outputs[output.ordinal] = OutputSeat(group: pointer, index: index, offset: offset)
            }
        }
        let descriptors = group.descriptors
        for (number, descriptor) in descriptors.prefix(ReadyDescriptors.limit - sourceCount).enumerated() {
            (sources + sourceCount).initialize(
                to: Source(
                    group: pointer, number: UInt32(number), inputs: wanted.compactMap(\.line.asInput),
                    isShared: descriptors.count == 1))
            sourceCount += 1
            pollDescriptors.append(descriptor)
        }
        return nil
    }
}

extension LineAssignment.Place {
    fileprivate var isName: Bool {
        switch self {
        case .offset: false
        case .name: true
        }
    }
}

extension StationLine {
    fileprivate var asInput: InputLine? {
        switch self {
        case .input(let line): line
        case .output: nil
        }
    }

    fileprivate var isMotion: Bool {
        switch self {
        case .input: false
        case .output(let line): line.isMotion
        }
    }

    fileprivate func level(in levels: [OutputLine: Bool]) -> Bool {
        switch self {
        case .input: false
        case .output(let line): levels[line] ?? false
        }
    }
}
