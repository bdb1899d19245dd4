import MaterialModel
import SmallNumerics
import Vocabulary

/// An item whose material somebody knows, measured on the head that a model is to be adapted to.
public struct KnownItem: Hashable, Sendable {
    public var name: String
    /// Of its material among the model's classes.
    public var place: Int
    public var sessions: [String]
    /// Only what can be read; at least one.
    public var placements: [PlacementFeatures]

    public init(name: String, place: Int, sessions: [String], placements: [PlacementFeatures]) {
        (self.name, self.place, self.sessions, self.placements) = (name, place, sessions, placements)
    }

    var values: [[Double]] { placements.map(\.values) }
}

extension KnownItem {
    /// The items of a table, sorted by name.
    ///
    /// - Throws: a sentence if a line or an item cannot be used: what is learned must not hang on what was skipped.
    public static func items(of file: SpectraFile, for model: SpectralModel) throws(TrainingError) -> [KnownItem] {
        guard file.head == model.head else {
            throw TrainingError(
                "\(file.name): its reflectances are those of \(file.head.phrase), the model is one of "
                    + "\(model.head.phrase). Calibrate the model of that head.")
        }
        if !file.complaints.isEmpty {
            throw TrainingError(
                file.complaints.prefix(Trainer.complaintLimit).joined(separator: "\n")
                    + "\nCalibrating needs a file whose lines can all be used. Correct or remove these lines.")
        }
        var items: [KnownItem] = []
        for object in try file.objects(on: model.channelsNanometres) {
            items.append(try item(object, file.name, model))
        }
        return items
    }

    private static func item(
        _ object: MeasuredObject, _ file: String, _ model: SpectralModel
    ) throws(TrainingError) -> KnownItem {
        guard let place = model.materials.firstIndex(where: { $0.rawValue == object.material.lowercased() }) else {
            throw TrainingError(
                "\(file): \(object.name) is of the material \(object.material.lowercased()), and the model knows "
                    + "\(model.materials.map(\.rawValue).joined(separator: ", ")). Leave it out, or correct its "
                    + "material.")
        }
        let placements = object.scans.compactMap { model.readable($0.values) }
        guard placements.count == object.scans.count else {
            throw TrainingError(
                "\(file): \(object.name) was measured \(object.scans.count) times, of which "
                    + "\(object.scans.count - placements.count) cannot be read: too dark, or without any shape. Leave "
                    + "these lines out, or measure a lighter item.")
        }
        return KnownItem(
            name: object.name, place: place, sessions: Set(object.scans.map(\.session)).sorted(),
            placements: placements)
    }
}

extension SpectralModel {
    /// The features of a reflectance on the model's channels; nil if there is nothing to be learned from it.
    public func readable(_ reflectance: [Double]) -> PlacementFeatures? {
        features(ofChannels: reflectance).flatMap { features in
            let isFlat = features.structure < content.limits.leastStructure
            return features.brightness < content.limits.leastBrightness || isFlat ? nil : features
        }
    }
    /// The same of a reflectance on the head's bands, as a table of measurements would have it.
    public func readable(bands reflectance: [Double]) -> PlacementFeatures? {
        guard reflectance.count == content.bandsNanometres.count else { return nil }
        let resampling = LinearResampling(
            from: content.bandsNanometres, to: channelsNanometres, slack: SpectraFile.channelSlack)
        return resampling.flatMap { readable($0.apply(reflectance)) }
    }
}
