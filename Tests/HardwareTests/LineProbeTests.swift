import StationConfig
import StationPorts
import Synchronization
import Testing
import Vocabulary

@testable import Hardware

/// What `config check --probe` says of a chip, and what it must not do to it.
struct LineProbeTests {
    /// A chip that notes which of its lines were taken.
    final class Chip: InspectedChip, Sendable {
        let lines: [LineFacts]
        let active: Set<UInt32>
        let refusal: PortError?
        let taken = Mutex<[UInt32]>([])

        init(_ lines: [LineFacts], active: Set<UInt32> = [], refusal: PortError? = nil) {
            (self.lines, self.active, self.refusal) = (lines, active, refusal)
        }

        func facts() throws(PortError) -> [LineFacts] { lines }

        func isActive(_ line: LineAssignment, at offset: UInt32) throws(PortError) -> Bool {
            taken.withLock { $0.append(offset) }
            if let refusal { throw refusal }
            return active.contains(offset) != line.isActiveLow
        }
    }

    let settings = LineSettings(
        backend: .chip(path: "/dev/gpiochip7"),
        inputs: [
            .entryBeam: LineAssignment(offset: 0), .exitBeam: LineAssignment(offset: 1, isActiveLow: true),
            .dropBeam: LineAssignment(.name("DROP")), .presence: LineAssignment(offset: 3),
            .metal: LineAssignment(.name("METL")), .doorClosed: LineAssignment(offset: 99),
        ],
        outputs: [
            .gate: LineAssignment(offset: 4), .buzzer: LineAssignment(offset: 5), .lampRed: LineAssignment(offset: 6),
        ])

    private func look(_ chip: Chip, _ settings: LineSettings? = nil) -> LineProbe.Report {
        LineProbe { _ throws(PortError) in chip }.run(settings ?? self.settings)
    }

    @Test func `every line says whether it is there, who has it, and what a free input shows`() throws {
        let chip = Chip(
            [
                LineFacts(name: "ENTRY"), LineFacts(), LineFacts(name: "DROP", user: "w1-gpio"),
                LineFacts(isOutput: true), LineFacts(isOutput: true), LineFacts(user: "return-station", isOutput: true),
                LineFacts(user: ""), LineFacts(name: "METAL"),
            ], active: [0, 1])
        guard case .looked(chip: "/dev/gpiochip7", let lines) = look(chip) else {
            Issue.record("the chip was not looked at")
            return
        }
        let findings = Dictionary(uniqueKeysWithValues: lines.map { ($0.line, $0.finding) })
        #expect(findings["entryBeam"] == .read(isActive: true))
        #expect(findings["exitBeam"] == .read(isActive: false))
        #expect(findings["dropBeam"] == .taken(by: "w1-gpio"))
        #expect(findings["presence"] == .driven)
        #expect(
            findings["metal"]
                == .failed(
                    PortError(
                        .notFound,
                        "Requesting line metal of /dev/gpiochip7 failed: it has no line named \"METL\"; the nearest names "
                            + "are METAL, DROP, ENTRY. Correct the name; gpioinfo lists them all.")))
        #expect(
            findings["doorClosed"]
                == .failed(
                    PortError(
                        .notFound,
                        "Requesting line doorClosed of /dev/gpiochip7 failed: it has lines 0 to 7, and not 99. Correct the "
                            + "offset.")))
        #expect(findings["gate"] == .free)
        #expect(findings["buzzer"] == .ours)
        #expect(findings["lampRed"] == .taken(by: ""))
        #expect(lines.filter { !$0.isWell }.map(\.line) == ["dropBeam", "metal", "doorClosed", "lampRed"])
        #expect(lines.first { $0.line == "dropBeam" }.map { [$0.name, "\($0.offset ?? 0)"] } == ["DROP", "2"])
    }

    @Test func `no output, no driven line and no line of anybody else is ever taken`() {
        let chip = Chip(
            [
                LineFacts(), LineFacts(user: "other"), LineFacts(name: "DROP", user: "return-station"),
                LineFacts(isOutput: true), LineFacts(), LineFacts(), LineFacts(), LineFacts(),
            ])
        _ = look(chip)
        #expect(chip.taken.withLock { $0 } == [0])
    }

    @Test func `an input that cannot be read says why, and the others are read`() {
        let refusal = PortError(.noPermission, "You may not.")
        let chip = Chip([LineFacts(), LineFacts()], refusal: refusal)
        var settings = settings
        settings.inputs = settings.inputs.filter { [.entryBeam, .exitBeam].contains($0.key) }
        settings.outputs = [:]
        guard case .looked(chip: _, let lines) = look(chip, settings) else { return }
        #expect(lines.map(\.finding) == [.failed(refusal), .failed(refusal)])
        #expect(chip.taken.withLock { $0 } == [0, 1])
    }

    @Test func `a chip of the kernel that is none is told with what to do`() {
        var settings = settings
        settings.backend = .chip(path: "/dev/gpiochip-none")
        #expect(
            LineProbe().run(settings)
                == .cannotBeOpened(
                    chip: "/dev/gpiochip-none",
                    PortError(
                        .notFound,
                        "Opening the GPIO chip /dev/gpiochip-none failed: No such file or directory. Check that the device "
                            + "is plugged in and the path is right.")))
    }

    @Test func `the simulator's socket is no chip`() {
        var settings = settings
        settings.backend = .socket(path: "run/gpio.sock")
        #expect(look(Chip([]), settings) == .simulated(socket: "run/gpio.sock"))
    }
}
