import Vocabulary

/// One station's whole configuration, decoded, bounded and cross-checked.
public struct StationSettings: Hashable, Sendable {
    public var station: StationID
    public var intake: IntakeSettings
    public var hardware: HardwareSettings
    /// Holds the ledger, the key and nothing else; stationd creates it if it is missing.
    public var stateDirectory: String
    /// Less free space than this suspends intake, in bytes.
    public var diskReserveBytes: Int64
    /// How long the ledger keeps raw readings.
    public var retention: RetentionSettings
    /// Where `stationctl` reaches the daemon.
    public var operatorSocket: String
    /// Nil: counts stay here.
    public var cluster: ClusterSettings?
    /// Path of the catalogue of packaging types.
    public var catalogueFile: String
    /// Path of the spectral model.
    public var modelFile: String
    /// The frequency that the drive is set to, in 0.01 Hz.
    public var conveyorSpeedCentihertz: UInt16
    /// One of the words of swift-log, `trace` to `critical`.
    public var logLevel: String

    public init(
        station: StationID, intake: IntakeSettings, hardware: HardwareSettings, stateDirectory: String,
        diskReserveBytes: Int64, retention: RetentionSettings, operatorSocket: String, cluster: ClusterSettings?,
        catalogueFile: String, modelFile: String, conveyorSpeedCentihertz: UInt16, logLevel: String
    ) {
        self.station = station
        self.intake = intake
        self.hardware = hardware
        self.stateDirectory = stateDirectory
        self.diskReserveBytes = diskReserveBytes
        self.retention = retention
        self.operatorSocket = operatorSocket
        self.cluster = cluster
        self.catalogueFile = catalogueFile
        self.modelFile = modelFile
        self.conveyorSpeedCentihertz = conveyorSpeedCentihertz
        self.logLevel = logLevel
    }
}

/// Where the station reports to.
public struct ClusterSettings: Hashable, Sendable {
    public var url: String
    /// PEM file with the only authority that is trusted; nil: the system's.
    public var authorityFile: String?
    /// What the station shows of itself over TLS; nil: nothing.
    public var client: ClientCertificateFiles?
    /// Between two attempts when there is nothing new.
    public var period: Duration

    public init(url: String, authorityFile: String?, client: ClientCertificateFiles? = nil, period: Duration) {
        self.url = url
        self.authorityFile = authorityFile
        self.client = client
        self.period = period
    }
}

/// PEM files.
public struct ClientCertificateFiles: Hashable, Sendable {
    /// The station's own certificate first.
    public var certificate: String
    public var key: String

    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}
