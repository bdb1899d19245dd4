import Logging
import MaterialModel
import StationPorts
import Synchronization
import Systemd
import Vocabulary

/// The classifier of the control loop; SIGHUP may put another one in its place between two items.
///
/// A head whose bands are not the model's would go unnoticed, because its spectra count as if there were none: that is
/// logged when it begins and when it ends.
final class ReplaceableClassifier: Classifier, Sendable {
    private struct State {
        var classifier: MaterialClassifier
        /// Why the last spectrum did not fit the model.
        var mismatch: String?
    }

    private let state: Mutex<State>
    private let logger: Logger

    init(_ classifier: MaterialClassifier, logger: Logger) {
        state = Mutex(State(classifier: classifier))
        self.logger = logger
    }

    func replace(with classifier: MaterialClassifier) {
        state.withLock { $0.classifier = classifier }
    }

    /// What items are recognised by now.
    var current: MaterialClassifier { state.withLock { $0.classifier } }

    func classify(_ evidence: Evidence) -> Classification {
        let classifier = current
        if let spectrum = evidence.lastSpectrum.value { tell(classifier.model.mismatch(with: spectrum)) }
        return classifier.classify(evidence)
    }

    private func tell(_ mismatch: String?) {
        let isNews = state.withLock { state in
            defer { state.mismatch = mismatch }
            return state.mismatch != mismatch
        }
        guard isNews else { return }
        if let mismatch {
            logger.error("\(mismatch)")
        } else {
            logger.notice("The NIR head's bands fit the model again.")
        }
    }
}

extension SystemdNotifier: SupervisorPort {}

extension StationFiles {
    var classifier: MaterialClassifier {
        MaterialClassifier(model: model, catalogue: catalogue)
    }
}
