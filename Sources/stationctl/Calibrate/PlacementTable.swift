import Glibc
import MaterialModel
import ModelTraining
import StationConfig
import Vocabulary

/// What was measured for a calibration, as lines of a table with the columns that models are trained from; raw, white
/// and dark signals stand beside the reflectance, so that nothing has to be measured twice.
struct PlacementTable {
    let head: NIRHeadKind
    let bandsNanometres: [Double]
    /// The same for all lines of one calibration.
    let session: String
    let device: String

    var header: String {
        let prefix =
            switch head {
            case .spectrometer: "r"
            case .led8: "refl"
            }
        let bands = bandsNanometres.map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" }
        let columns = ["raw", "white", "dark", prefix].flatMap { name in bands.map { "\(name)_\($0)" } }
        return "session,device,object,material,rep,replicate_mode,dark_corrected,integration_us,"
            + columns.joined(separator: ",")
    }

    /// - Parameter reflectance: one number per band.
    func line(_ item: NamedItem, rep: Int, _ spectrum: Spectrum, reflectance: [Double]) -> String {
        let counts = [spectrum.raw, spectrum.white, spectrum.dark].flatMap { $0.map(String.init) }
        let values = reflectance.map { "\(($0 * 1e6).rounded() / 1e6)" }
        let first = [
            session, device, item.name, item.material.rawValue.uppercased(), "\(rep)", "new_placement", "1",
            "\(spectrum.integrationMicroseconds)",
        ]
        return (first + counts + values).joined(separator: ",")
    }
}

/// A file that each line is durable in as soon as it is written: a technician's half hour must not hang on one cable.
final class LineFile {
    private let descriptor: Int32
    private let path: String

    /// Never replaces a file: it may hold measurements.
    init(creating path: String) throws(TrainingError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o640)
        self.path = path
        guard descriptor >= 0 else {
            let advice =
                errno == EEXIST
                ? "Name another with --record, or give it with --data if its measurements are to be used."
                : "Name another place with --record."
            throw TrainingError(
                "\(path): the file for the measurements could not be made: \(String(cString: strerror(errno))). "
                    + advice)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func write(_ line: String) throws(TrainingError) {
        if let error = writeWhole(Array((line + "\n").utf8), to: descriptor) { throw failed("Writing to", error) }
        guard fdatasync(descriptor) == 0 else { throw failed("Syncing", errno) }
    }

    private func failed(_ tried: String, _ error: Int32) -> TrainingError {
        TrainingError(
            "\(tried) \(path): \(String(cString: strerror(error))). Free space and go on with --data \(path).")
    }
}
