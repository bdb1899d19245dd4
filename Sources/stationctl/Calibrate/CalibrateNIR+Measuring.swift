import ArgumentParser
import FoundationEssentials
import Glibc
import Hardware
import MaterialModel
import ModelTraining
import StationConfig
import Vocabulary

extension CalibrateNIRCommand {
    /// Measures the items on the station's head.
    /// - Throws: an exit code, after the reason has been written.
    func measure(_ settings: StationSettings, _ model: SpectralModel) async throws -> SpectraFile {
        let (device, bus) = try head(of: settings, for: model)
        let target = BusTarget(settings: bus, devices: [device], operatorSocket: settings.operatorSocket)
        if await target.isDaemonAlive() {
            writeComplaint(
                "The daemon runs and measures with this head. Stop it first with `systemctl stop return-station`.")
            throw Ending.problemFound
        }
        let console = try target.open()
        defer { console.close() }
        let table = PlacementTable(
            head: model.head, bandsNanometres: model.content.bandsNanometres,
            session: "\(settings.station) \(timeText(unixMilliseconds: wallTime()))", device: device.id.rawValue)
        let path = record ?? (output.hasSuffix(".json") ? String(output.dropLast(5)) : output) + ".csv"
        let session = MeasuringSession(model: model, table: table, items: item, placements: placements) {
            headSentence($0, of: device, on: bus)
        }
        let text = try ModelCommand.ending {
            let file = try LineFile(creating: path)
            return try converse(session, HeadConsole(device, on: console), file)
        }
        guard let text else {
            writeComplaint(
                "It was ended before all was measured. What was measured is in \(path): go on with --data \(path) and "
                    + "an --item for each item that is not in it.")
            throw Ending.problemFound
        }
        return try ModelCommand.ending { try SpectraFile(data: Data(text.utf8), name: path) }
    }

    private func converse(
        _ session: MeasuringSession, _ head: HeadConsole, _ file: LineFile
    ) throws(TrainingError) -> String? {
        return try session.run(
            MeasuringSession.Surroundings(
                ask: { order in
                    writeComplaint("\(order), then press Enter (q Enter ends)")
                    return readLine().map { !["q", "quit"].contains($0.lowercased()) } ?? false
                },
                say: writeComplaint,
                takeReferences: { () throws(HeadConsole.Failure) in _ = try head.takeReferences() },
                measure: { () throws(HeadConsole.Failure) in try head.measure() },
                keep: { (line: String) throws(TrainingError) in try file.write(line) }))
    }

    private func head(
        of settings: StationSettings, for model: SpectralModel
    ) throws -> (device: DeviceSettings, bus: BusSettings) {
        let file = config ?? ""
        guard let device = settings.hardware.devices.first(where: { $0.driver.nirHeadKind != nil }),
            let kind = device.driver.nirHeadKind,
            let bus = settings.hardware.buses.first(where: { $0.id == device.bus })
        else {
            writeComplaint("\(file) has no near-infrared head among its devices, so there is nothing to calibrate.")
            throw Ending.badConfiguration
        }
        if let mismatch = model.mismatch(withHead: kind) {
            writeComplaint("\(file): the device \(device.id) is \(kind.phrase). \(mismatch)")
            throw Ending.badConfiguration
        }
        return (device, bus)
    }
}
