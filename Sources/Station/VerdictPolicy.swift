import Vocabulary

/// Turns what an item is into what happens to it: the station's own rules on routes and bins.
public enum VerdictPolicy {
    public static func verdict(
        on classification: Classification, settings: IntakeSettings, fullBins: Set<BinID>
    ) -> Verdict {
        let likeliest = classification.candidates.first?.material ?? .unknown
        switch classification.result {
        case .unknown(let reason):
            return .reject(
                Rejection(
                    reason: RejectReason(reason), material: likeliest,
                    confidencePermille: classification.confidencePermille))
        case .identified(let identification):
            func rejection(_ reason: RejectReason) -> Verdict {
                .reject(
                    Rejection(
                        reason: reason, material: identification.material,
                        packagingType: identification.packagingType,
                        confidencePermille: classification.confidencePermille))
            }
            guard let bin = route(identification, in: settings.routes) else { return rejection(.noRoute) }
            guard !fullBins.contains(bin) else { return rejection(.binFull) }
            return .accept(
                Acceptance(
                    identification: identification, bin: bin,
                    confidencePermille: classification.confidencePermille))
        }
    }

    private static func route(_ identification: Identification, in routes: [Route]) -> BinID? {
        routes.first { route in
            route.stream == identification.stream && route.materials.contains(identification.material)
        }?.bin
    }
}
