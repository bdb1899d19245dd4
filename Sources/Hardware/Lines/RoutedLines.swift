import StationConfig
import StationPorts
import Vocabulary

/// The station's lines, wherever they hang: those on a remote I/O are handed to its bus, which also tells their levels and
/// failures; all others are the local port's. Used by the control loop's thread only.
public final class RoutedLines: LinePort {
    private let local: any LinePort
    private let remote: [OutputLine: RemotePlace]
    private let buses: FieldBuses

    public init(_ local: any LinePort, _ settings: LineSettings, buses: FieldBuses) {
        self.local = local
        remote = settings.remoteOutputs
        self.buses = buses
    }

    public var pollDescriptors: [Int32] { local.pollDescriptors }
    public var nextDeadline: Instant? { local.nextDeadline }
    public var counters: [InputLine: LineCounters] { local.counters }

    public func takeChanges(at now: Instant, ready: ReadyDescriptors) -> [LineChange] {
        local.takeChanges(at: now, ready: ready)
    }

    /// A remote line is taken as set when its bus knows of it: what becomes of it is told by the bus.
    public func set(_ lines: [OutputLine], isOn: Bool) -> [OutputLine: PortError] {
        if remote.isEmpty { return local.set(lines, isOn: isOn) }
        let onChip = lines.filter { remote[$0] == nil }
        var refused = onChip.isEmpty ? [:] : local.set(onChip, isOn: isOn)
        for line in lines {
            guard let place = remote[line], !buses.command(place.device, channel: place.channel, isOn: isOn) else {
                continue
            }
            refused[line] = PortError(
                .disconnected,
                "Output \(line.rawValue) could not be handed to the remote I/O \(place.device): its bus does not run.")
        }
        return refused
    }

    public func makeSafe() {
        local.makeSafe()
        for place in remote.values { _ = buses.command(place.device, channel: place.channel, isOn: false) }
    }
}
