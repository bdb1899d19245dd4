import ClusterAPI

extension ForkPoint {
    /// What the heads of reports tell of where two histories part.
    ///
    /// - Parameters:
    ///   - held: the reports that count, as far as they are remembered, and where they have come to.
    ///   - refused: of the other history.
    init(held: [HeldReport], upTo position: LedgerPosition, refused: [RefusedReport]) {
        var known = [
            LedgerPosition.beginning.watermark: LedgerPosition.beginning.head, position.watermark: position.head,
        ]
        for report in held {
            known[report.first - 1] = report.previousHead
            known[report.last] = report.head
        }
        let seen = refused.flatMap { [($0.first - 1, $0.previousHead), ($0.last, $0.head)] }
        // The reason says where a report differed when it came, also if the held report is not remembered any more.
        let told = refused.map { $0.reason == ForkReason.headDiffers.rawValue ? $0.last : $0.first - 1 }
        let differing = seen.filter { point in known[point.0].map { $0 != point.1 } ?? false }.map(\.0) + told
        let differsAt = differing.min() ?? position.watermark
        let shared = seen.filter { point in point.0 < differsAt && known[point.0] == point.1 }.map(\.0)
        self.init(sharedUpTo: shared.max() ?? 0, differsAt: differsAt)
    }
}
