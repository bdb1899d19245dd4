import StrictYAML
import Vocabulary

/// Reads a station's configuration file: types, bounds and the rules between values.
public enum StationConfigReader {
    /// Opens no file and asks no device. A configuration that names register maps needs the other `read`.
    public static func read(text: String, file: String) throws(YAMLErrors) -> StationSettings {
        try read(text: text, file: file) { _ throws(UnreadableFile) in
            throw UnreadableFile(reason: "register maps are not read here")
        }
    }

    /// Opens no file itself and asks no device.
    ///
    /// - Parameters:
    ///   - text: the file's content.
    ///   - file: its name as messages give it. `catalogue`, `model`, the files of `cluster` and the devices' `map` are
    ///     resolved against its folder, all other paths against the folder that the daemon is started in.
    ///   - textOf: gives the text of a register map that the file names; asked once for each.
    /// - Throws: all that is wrong with the file.
    public static func read(
        text: String, file: String, textOf: @escaping TextOfFile
    ) throws(YAMLErrors) -> StationSettings {
        try YAMLDocument.read(text: text, file: file) { root in
            let folder = folder(of: file)
            return readStation(root, folder: folder, maps: RegisterMapFiles(folder: folder, textOf: textOf))
        }
    }

    private static func readStation(
        _ root: YAMLMapping, folder: String, maps: RegisterMapFiles
    ) -> StationSettings? {
        let station = root.required("station") { $0.raw(StationID.self, expected: nameInWords) }
        let stateDirectory = root.required("stateDirectory") { $0.string() }
        let diskReserve = root.optional("diskReserve", absent: 64_000_000) {
            $0.bytes(in: Limits.diskReserveBytes)
        }
        let retention = root.optional("ledger", absent: RetentionSettings()) { $0.mapping(readLedger) }
        let operatorSocket = root.required("operatorSocket", socketPath)
        let logLevel = root.optional("logLevel", absent: .info) { $0.word(LogLevelWord.self) }
        let catalogue = root.required("catalogue") { $0.string() }
        let model = root.required("model") { $0.string() }
        // A cluster that is there but wrong reads as nil too; its error is reported, so nothing is returned then.
        let cluster = root.optional("cluster") { $0.mapping { readCluster($0, folder: folder) } }
        let speed = root.required("conveyor") { $0.mapping(readSpeed) }
        let remote = RemoteLineReader()
        let lines = root.required("gpio") { $0.mapping { readLines($0, remote) } }
        let equipment = readEquipment(root, maps: maps)
        if let equipment { remote.check(equipment.devices) }
        let intake = readIntake(root, devices: equipment?.devices)
        if let speed, let equipment { checkSpeed(speed, root.place(of: "conveyor"), devices: equipment.devices) }
        guard let station, let stateDirectory, let diskReserve, let retention, let operatorSocket, let logLevel,
            let catalogue, let model, let speed, let lines, let equipment, let intake
        else { return nil }
        return StationSettings(
            station: station, intake: intake,
            hardware: HardwareSettings(lines: lines, buses: equipment.buses, devices: equipment.devices),
            stateDirectory: stateDirectory, diskReserveBytes: diskReserve, retention: retention,
            operatorSocket: operatorSocket, cluster: cluster, catalogueFile: resolve(catalogue, in: folder),
            modelFile: resolve(model, in: folder), conveyorSpeedCentihertz: speed, logLevel: logLevel.rawValue)
    }

    private static func readSpeed(_ conveyor: YAMLMapping) -> UInt16? {
        conveyor.required("speed") { $0.quantity(.frequency, in: Limits.conveyorSpeedCentihertz) }
            .map { UInt16($0) }
    }
}

/// swift-log's levels, in its words; this target does not log itself.
enum LogLevelWord: String, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
}

let nameInWords = "a name of 1 to 64 characters of a-z A-Z 0-9 . _ -"

/// The path of a Unix socket, short enough for the kernel.
func socketPath(_ value: YAMLValue) -> String? {
    guard let path = value.string() else { return nil }
    guard path.utf8.count <= Limits.socketPathBytes else {
        value.place.fail(
            "a path of \(path.utf8.count) bytes is longer than the \(Limits.socketPathBytes) bytes that a Unix "
                + "socket's name may have")
        return nil
    }
    return path
}

/// Everything up to and including the last slash; empty for a plain name.
func folder(of file: String) -> String {
    guard let slash = file.lastIndex(of: "/") else { return "" }
    return String(file[...slash])
}

func resolve(_ path: String, in folder: String) -> String {
    path.hasPrefix("/") ? path : folder + path
}
