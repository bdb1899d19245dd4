import ArgumentParser

@main
struct StationBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "station-bench",
        abstract: "Measures the station's parts; prints figures and judges none.",
        subcommands: [
            Passages.self, ClassifyCosts.self, FusionAblation.self, LedgerCosts.self, FillLedger.self, Outage.self,
            GPIO.self, ModbusSlave.self, ModbusMaster.self,
        ])
}
