import Drivers
import StationConfig

func makeDriver(_ driver: DeviceSettings.Driver, conveyorSpeedCentihertz: UInt16) -> any DeviceDriver {
    switch driver {
    case .builtIn(let name): makeDriver(name, conveyorSpeedCentihertz: conveyorSpeedCentihertz)
    case .registerMap(let map): RegisterMapDriver(map)
    }
}

/// The drivers by their configured name: a new device is one line here and one file in `Drivers`.
func makeDriver(_ name: DriverName, conveyorSpeedCentihertz: UInt16) -> any DeviceDriver {
    switch name {
    case .laumasTLB4: LaumasTLB4()
    case .technotradeVRD485: TechnotradeVRD485()
    case .elsnerSO250: ElsnerSO250()
    case .deltaMS300: DeltaMS300(speedCentihertz: conveyorSpeedCentihertz)
    case .nirHead: NIRHead()
    }
}
