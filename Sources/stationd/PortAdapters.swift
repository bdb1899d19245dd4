import MaterialModel
import StationPorts
import Synchronization
import Systemd
import Vocabulary

/// The classifier of the control loop; SIGHUP may put another one in its place between two items.
final class ReplaceableClassifier: Classifier, Sendable {
    private let current: Mutex<MaterialClassifier>

    init(_ classifier: MaterialClassifier) {
        current = Mutex(classifier)
    }

    func replace(with classifier: MaterialClassifier) {
        current.withLock { $0 = classifier }
    }

    func classify(_ evidence: Evidence) -> Classification {
        current.withLock { $0 }.classify(evidence)
    }
}

extension SystemdNotifier: SupervisorPort {}

extension StationFiles {
    var classifier: MaterialClassifier {
        MaterialClassifier(model: model, catalogue: catalogue, options: FusionOptions())
    }
}
