import Vocabulary

/// The keys whose change takes effect only after a restart, in the order of the file.
///
/// At run time may change: `logLevel`, `catalogue`, `routes` and `intake`. The bins themselves may not, because their
/// positions and sensors are wired.
public func changesNeedingRestart(from: StationSettings, to: StationSettings) -> [String] {
    let changes: [(key: String, isChanged: Bool)] = [
        ("station", from.station != to.station),
        ("stateDirectory", from.stateDirectory != to.stateDirectory),
        ("diskReserve", from.diskReserveBytes != to.diskReserveBytes),
        ("ledger", from.retention != to.retention),
        ("operatorSocket", from.operatorSocket != to.operatorSocket),
        ("model", from.modelFile != to.modelFile),
        ("cluster", from.cluster != to.cluster),
        ("conveyor", from.conveyorSpeedCentihertz != to.conveyorSpeedCentihertz),
        ("gpio", from.hardware.lines != to.hardware.lines),
        ("buses", from.hardware.buses != to.hardware.buses),
        ("devices", from.hardware.devices != to.hardware.devices),
        ("bins", from.intake.bins != to.intake.bins),
        ("intake.knownItemsAfter", from.intake.knownItemsAfter != to.intake.knownItemsAfter),
    ]
    return changes.filter(\.isChanged).map(\.key)
}
