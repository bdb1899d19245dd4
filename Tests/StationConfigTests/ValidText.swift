/// A small configuration without faults. The tables of bad rows change one place of it.
let validText = """
    station: s-1
    catalogue: catalogue.yaml
    model: /models/m.json
    stateDirectory: run/state
    operatorSocket: run/op.sock
    cluster:
      url: https://cluster.example
      authority: ca.pem
    conveyor: {speed: "50.00 Hz"}
    gpio:
      socket: run/gpio.sock
      inputs:
        entryBeam: {line: 0, activeLow: true, bias: pullUp, debounce: "2 ms"}
        exitBeam: {line: 1}
        dropBeam: {line: 2}
        metal: {line: 3}
        presence: {line: 4}
        doorClosed: {line: 5}
        emergencyStopCircuitClosed: {line: 6}
        diverterHome: {line: 7}
        serviceKey: {line: 8}
      outputs:
        gate: {line: 9}
        conveyorForward: {line: 10}
        conveyorReverse: {line: 11}
        diverterLeft: {line: 12}
        diverterRight: {line: 13}
        lampGreen: {line: 14}
        lampRed: {line: 15}
        buzzer: {line: 16}
        heartbeat: {line: 17}
    buses:
      - {id: serial, rtu: {path: /dev/ttyUSB0}}
      - {id: net, tcp: {host: 127.0.0.1, port: 1502}, responseTimeout: "1 s", gap: "1.5 ms"}
    devices:
      - {id: scale, bus: serial, unit: 1, driver: laumas-tlb4, period: "1 s"}
      - {id: level-a, bus: serial, unit: 11, driver: elsner-so250}
      - {id: drive, bus: net, unit: 2, driver: delta-ms300}
    bins:
      - {id: a, position: home, levelSensor: level-a}
      - {id: b, position: left}
    routes:
      - {stream: reuse, materials: [pp, pet], bin: a}
      - {stream: recycling, materials: [pp], bin: b}
    intake:
      binFullLevel: "90 %"
      requiredDevices: [drive]
      windows:
        measuring: "3 s"

    """

/// `validText` with one place changed; nil if that place does not occur exactly once.
func changed(_ place: String, to replacement: String) -> String? {
    let parts = validText.split(separator: place, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    return parts.joined(separator: replacement)
}
