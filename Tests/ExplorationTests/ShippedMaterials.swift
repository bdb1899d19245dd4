import Exploration
import ShippedFiles

extension Shipped {
    static let materials = ExplorationMaterials(
        intake: intake, catalogue: catalogue, spectra: spectra, classifier: classifier)
}
