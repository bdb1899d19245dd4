import Drivers
import StationConfig

/// - Parameter conveyorSpeedCentihertz: what a drive is set to, in 0.01 Hz.
func makeDriver(_ device: DeviceSettings, conveyorSpeedCentihertz: UInt16) -> any DeviceDriver {
    switch device.driver {
    case .builtIn(let name): makeDriver(name, settings: device, conveyorSpeedCentihertz: conveyorSpeedCentihertz)
    case .registerMap(let map): RegisterMapDriver(map)
    }
}

/// The drivers by their configured name: a new device is one line here and one file in `Drivers`.
/// - Parameter settings: nil for a unit that nobody configured and that is only looked at.
func makeDriver(
    _ name: DriverName, settings: DeviceSettings?, conveyorSpeedCentihertz: UInt16
) -> any DeviceDriver {
    switch name {
    case .laumasTLB4: LaumasTLB4()
    case .technotradeVRD485: TechnotradeVRD485()
    case .elsnerSO250: ElsnerSO250()
    case .deltaMS300: DeltaMS300(speedCentihertz: conveyorSpeedCentihertz)
    case .nirHead: NIRHead(.spectrometer)
    case .nirHeadLED8: NIRHead(.led8)
    case .inveoRFIDMB10: InveoRFIDMB10()
    case .danfossFC202:
        // The configuration's reader asks for a maximum with this driver.
        DanfossFC202(
            speedCentihertz: conveyorSpeedCentihertz,
            maximumCentihertz: settings?.referenceMaximumCentihertz ?? conveyorSpeedCentihertz)
    case .waveshareIO8CH: WaveshareIO8CH()
    }
}
