import Vocabulary

/// Which maker's devices stand in those places of the station that more than one can fill.
public struct StationEquipment: Hashable, Sendable {
    /// By the names of their drivers.
    public enum TagReaderModel: String, CaseIterable, Hashable, Sendable {
        case technotradeVRD485 = "technotrade-vrd485"
        case inveoRFIDMB10 = "inveo-rfid-mb10"
    }
    /// By the names of their drivers.
    public enum DriveModel: String, CaseIterable, Hashable, Sendable {
        case deltaMS300 = "delta-ms300"
        case danfossFC202 = "danfoss-fc202"
    }

    public var tagReader = TagReaderModel.technotradeVRD485
    public var drive = DriveModel.deltaMS300
    public var nirHead = NIRHeadKind.spectrometer
    /// Whether the lamps, the buzzer and the service key hang on a remote I/O instead of the chip.
    public var hasRemoteIO = false

    public init() {}
}
