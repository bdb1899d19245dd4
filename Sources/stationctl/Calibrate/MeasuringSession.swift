import Hardware
import MaterialModel
import ModelTraining
import Vocabulary

/// Goes through known items with a person: references, then every item before the head, again for each placement.
struct MeasuringSession {
    /// What the session talks to; a test gives its own.
    struct Surroundings {
        /// Shows a sentence and waits for the person; false: they want to end, or there is nobody.
        var ask: (String) -> Bool
        var say: (String) -> Void
        var takeReferences: () throws(HeadConsole.Failure) -> Void
        var measure: () throws(HeadConsole.Failure) -> Spectrum
        /// Keeps a line at once.
        var keep: (String) throws(TrainingError) -> Void
    }

    let model: SpectralModel
    let table: PlacementTable
    let items: [NamedItem]
    let placements: Int
    /// A sentence on why the head gave nothing.
    let explain: (HeadConsole.Failure) -> String

    /// - Returns: the table as it was kept; nil if the person ended it before all was measured.
    func run(_ around: Surroundings) throws(TrainingError) -> String? {
        var lines = [table.header]
        try around.keep(table.header)
        for (number, item) in items.enumerated() {
            guard takeReferences(around) else { return nil }
            for placement in 1...placements {
                let place = "\(number + 1) of \(items.count): \(item.name) (\(item.material.rawValue)), "
                guard
                    let line = try placed(
                        item, placement, around,
                        order: place
                            + (placement == 1
                                ? "put it before the head" : "take it off and put it there again, turned a little")
                            + " (\(placement) of \(placements))")
                else { return nil }
                lines.append(line)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The head's own tile hides what lies before it, so nothing there spoils the references.
    private func takeReferences(_ around: Surroundings) -> Bool {
        while true {
            do throws(HeadConsole.Failure) {
                try around.takeReferences()
                return true
            } catch {
                around.say("The references were not taken. \(explain(error))")
                guard around.ask("Take them again") else { return false }
            }
        }
    }

    /// - Returns: the line of one placement that can be read; nil if the person ends it.
    private func placed(
        _ item: NamedItem, _ placement: Int, _ around: Surroundings, order: String
    ) throws(TrainingError) -> String? {
        while around.ask(order) {
            let spectrum: Spectrum
            do throws(HeadConsole.Failure) {
                spectrum = try around.measure()
            } catch {
                around.say("Nothing was measured. \(explain(error))")
                continue
            }
            if let complaint = complaint(spectrum) {
                around.say("\(complaint) It is not used; put the item there again.")
                continue
            }
            let line = table.line(
                item, rep: placement, spectrum, reflectance: spectrum.reflectance ?? [])
            try around.keep(line)
            return line
        }
        return nil
    }

    /// Why a placement teaches nothing; nil if it does.
    private func complaint(_ spectrum: Spectrum) -> String? {
        if let mismatch = model.mismatch(with: spectrum) { return mismatch }
        guard let reflectance = spectrum.reflectance else {
            return "This placement cannot be read: more than four bands are clipped or have no white reference."
        }
        guard model.readable(bands: reflectance) == nil else { return nil }
        let percent = reflectance.reduce(0, +) / Double(reflectance.count) * 100
        let limit = model.content.limits.leastBrightness * 100
        return percent < limit
            ? "This placement cannot be read: it reflects \(decimalText(percent, digits: 1)) % of the light, at least "
                + "\(decimalText(limit, digits: 1)) % are needed. Nothing lies before the head, or it is black."
            : "This placement cannot be read: its spectrum is a straight line, as glass and metal have it."
    }
}
