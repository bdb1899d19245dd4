import Glibc
import Ledger
import StationConfig
import StationRuntime
import Uplink

extension Daemon {
    func makeUplink(_ source: LedgerOutbox, _ clock: SystemClock) throws -> UplinkService? {
        guard let cluster = files.settings.cluster else { return nil }
        let keys: StationKeyring
        do {
            keys = try Self.keys(stateDirectory: files.settings.stateDirectory)
        } catch {
            throw StartFailure.system("\(error)")
        }
        do {
            return try UplinkService(
                station: files.settings.station, source: source, clusterURL: cluster.url,
                files: UplinkTLSFiles(
                    authority: cluster.authorityFile,
                    client: cluster.client.map { UplinkTLSFiles.Client(certificate: $0.certificate, key: $0.key) }),
                keys: keys, period: cluster.period, now: { clock.now }, logger: logger)
        } catch {
            throw StartFailure.configuration(["\(files.path): cluster: \(error)"])
        }
    }

    /// A key handed over as a systemd credential goes before the one that the daemon keeps itself, and is not its to
    /// exchange.
    private static func keys(stateDirectory: String) throws(StationKeyError) -> StationKeyring {
        if let credentials = getenv("CREDENTIALS_DIRECTORY").map({ String(cString: $0) }) {
            let handedOver = credentials + "/station.key"
            if access(handedOver, F_OK) == 0 {
                return StationKeyring(fixed: try StationKey.loadOrCreate(path: handedOver))
            }
        }
        return try StationKeyring(path: stateDirectory + "/" + StationKey.fileName)
    }
}
