import Glibc
import SimulatedStation
import Vocabulary

/// Says what becomes of each item: one line on the standard output when it ends, and every event in a file if wanted.
final class LifeReport {
    private let items: [SimulatedItem]
    private var sent: [Int: Instant] = [:]
    private let output = LineFile(descriptor: STDOUT_FILENO)
    /// Every event of the world; also written to by the thread that serves the lines.
    let events: LineFile?

    init(items: [SimulatedItem], eventsFile: String?) throws {
        self.items = items
        events = try eventsFile.map { try LineFile(path: $0) }
    }

    func line(_ text: String) { output.write(text) }

    func take(_ event: WorldEvent) {
        events?.write(event.jsonLine)
        switch event.kind {
        case .itemSent(let index):
            sent[index] = event.at
        case .itemEnded(let index, let end):
            line(life(of: index, end, at: event.at))
            sent[index] = nil
        case .faultCame(let fault):
            line("\(Self.seconds(event.at))  fault: \(fault)")
        case .attendantOpenedDoor:
            line("\(Self.seconds(event.at))  the attendant opened the door")
        case .inputChanged, .itemReleased, .itemJammed, .itemLeftBelt, .binLevelChanged, .attendantClosedDoor:
            break
        }
    }

    private func life(of index: Int, _ end: ItemEnd, at time: Instant) -> String {
        let item = items[index]
        let grams = "\(item.massMilligrams / 1000).\(item.massMilligrams % 1000 / 100)"
        let tag = item.tag.map { "tag \($0.number)" } ?? "no tag"
        let script = item.script == .normal ? "" : ", \(item.script.name.rawValue)"
        let from = sent[index].map(Self.seconds) ?? "?"
        return
            "item \(index)  \(item.name) (\(item.material.rawValue), \(grams) g, \(tag)\(script))  "
            + "sent \(from)  ended \(Self.seconds(time))  \(Whereabouts.ended(end))"
    }

    private static func seconds(_ time: Instant) -> String {
        let tenths = time.nanoseconds / 100_000_000
        return "\(tenths / 10).\(tenths % 10) s"
    }
}

/// Lines to an open file, each written at once so that whoever follows the file sees it. May be used on any thread.
final class LineFile: Sendable {
    private let descriptor: Int32
    private let isOwned: Bool

    init(descriptor: Int32) {
        self.descriptor = descriptor
        isOwned = false
    }

    init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        isOwned = true
        if descriptor < 0 {
            throw SimulatorError("\(path): could not be created (\(String(cString: strerror(errno)))); check the path")
        }
    }

    deinit {
        if isOwned, descriptor >= 0 { close(descriptor) }
    }

    /// What the reader of a report misses when its disk is full must not stop the world, so failures are not raised.
    func write(_ line: String) {
        var bytes = Array((line + "\n").utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
