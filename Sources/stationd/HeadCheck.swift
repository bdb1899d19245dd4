import MaterialModel
import StationConfig
import Vocabulary

extension SpectralModel {
    /// What does not fit between this model and the head whose driver is configured, as a sentence; nil if they fit or
    /// there is no head. A driver declares its bands, so this needs no hardware.
    func mismatch(withHeadOf settings: StationSettings) -> String? {
        guard let device = settings.hardware.devices.first(where: { $0.driver.nirHeadKind != nil }),
            let kind = device.driver.nirHeadKind
        else { return nil }
        return mismatch(withHead: kind).map { mismatch in
            "the device \"\(device.id)\" is \(kind.phrase), and \(settings.modelFile) was made for other bands. "
                + mismatch
        }
    }
}
