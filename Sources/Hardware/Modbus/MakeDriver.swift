import Drivers
import StationConfig

/// The drivers by their configured name: a new device is one line here and one file in `Drivers`.
func makeDriver(_ device: DeviceSettings, conveyorSpeedCentihertz: UInt16) -> any DeviceDriver {
    switch device.driver {
    case .laumasTLB4: LaumasTLB4()
    case .technotradeVRD485: TechnotradeVRD485()
    case .elsnerSO250: ElsnerSO250()
    case .deltaMS300: DeltaMS300(speedCentihertz: conveyorSpeedCentihertz)
    case .nirHead: NIRHead()
    case .inveoRFIDMB10: InveoRFIDMB10()
    case .danfossFC202:
        // The configuration's reader asks for a maximum with this driver.
        DanfossFC202(
            speedCentihertz: conveyorSpeedCentihertz,
            maximumCentihertz: device.referenceMaximumCentihertz ?? conveyorSpeedCentihertz)
    case .waveshareIO8CH: WaveshareIO8CH()
    }
}
