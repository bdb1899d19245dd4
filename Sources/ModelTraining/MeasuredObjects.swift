import MaterialModel
import SmallNumerics
import Vocabulary

/// One physical object with all that was measured of it.
public struct MeasuredObject: Hashable, Sendable {
    public var name: String
    public var label: ObjectLabel
    /// As in the file.
    public var material: String
    /// On the channels that were asked for, in the order of the file.
    public var scans: [Scan]
}

/// What an object is to a model with classes.
public enum ObjectLabel: Hashable, Sendable {
    /// The place of its material among the classes.
    case known(Int)
    /// Of a material that is no class.
    case foreign
    /// Nobody knows its material: it is judged, and neither trained on nor counted.
    case unlabelled

    public var place: Int? {
        switch self {
        case .known(let place): place
        case .foreign, .unlabelled: nil
        }
    }
}

extension SpectraFile {
    /// The materials that a model has classes for, in the order of its probabilities.
    public static let classes: [Material] = [.pet, .hdpe, .pp, .ps]

    /// The outermost channels may lie so many nanometres outside the wavelengths that were measured.
    static let channelSlack = 1.0

    static func label(of material: String) -> ObjectLabel {
        if material == Scan.unlabelled { return .unlabelled }
        let place = classes.firstIndex { $0.rawValue == material.lowercased() }
        return place.map { .known($0) } ?? .foreign
    }

    /// The objects, sorted by name, with their curves at the given wavelengths.
    ///
    /// - Throws: a sentence if the file's wavelengths do not cover these.
    public func objects(on channels: [Double]) throws(TrainingError) -> [MeasuredObject] {
        guard let resampling = LinearResampling(from: channelsNanometres, to: channels, slack: Self.channelSlack)
        else {
            throw TrainingError(
                "\(name): its wavelengths, \(channelsNanometres.first ?? 0) to \(channelsNanometres.last ?? 0) nm, "
                    + "do not cover those of the model, \(channels.first ?? 0) to \(channels.last ?? 0) nm.")
        }
        let isSame = channels == channelsNanometres
        return Dictionary(grouping: scans, by: \.object).sorted { $0.key < $1.key }.map { name, scans in
            MeasuredObject(
                name: name, label: Self.label(of: scans[0].material), material: scans[0].material,
                scans: scans.map { scan in
                    var scan = scan
                    if !isSame { scan.values = resampling.apply(scan.values) }
                    return scan
                })
        }
    }

    /// Several files as one; they must be of one head and have the same wavelengths.
    public static func joined(_ files: [SpectraFile]) throws(TrainingError) -> SpectraFile {
        guard var joined = files.first else { throw TrainingError("There is no file. Name one with --data.") }
        for file in files.dropFirst() {
            guard file.head == joined.head, file.channelsNanometres == joined.channelsNanometres else {
                throw TrainingError(
                    "\(file.name): its reflectances are at other wavelengths than those of \(joined.name).")
            }
            joined.name += ", \(file.name)"
            joined.scans += file.scans
            joined.complaints += file.complaints
        }
        // Two files may say different things of one object.
        let labels = Dictionary(grouping: joined.scans, by: \.object).mapValues { Set($0.map(\.material)) }
        if let twice = labels.filter({ $0.value.count > 1 }).keys.sorted().first {
            throw TrainingError("\(joined.name): \(twice) has different materials in these files. Correct one of them.")
        }
        return joined
    }
}
