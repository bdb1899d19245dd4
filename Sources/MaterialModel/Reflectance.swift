import Vocabulary

/// From counts to reflectance: (raw - dark) / (white - dark) per band, with single dead or clipped bands mended.
enum Reflectance {
    /// One unusable band of so many is mended, that is interpolated from its neighbours: up to 4 of a spectrometer's
    /// 128, none of 8 LEDs, whose bands say each something of their own (docs/classification.md has what it costs).
    static let bandsPerMended = 32
    /// White must stand this many counts above dark, or the band has no scale.
    static let leastRangeCounts = 50
    /// The converter's end: what lies there was cut off.
    static let clippedCounts = UInt16.max

    /// Nil if too many bands are unusable. The arrays must be of one length.
    static func of(_ spectrum: Spectrum) -> [Double]? {
        let count = spectrum.raw.count
        var reflectance = [Double](repeating: 0, count: count)
        var broken: [Int] = []
        for band in 0..<count {
            let raw = spectrum.raw[band]
            let white = spectrum.white[band]
            let range = Int(white) - Int(spectrum.dark[band])
            guard range >= leastRangeCounts, raw != clippedCounts, white != clippedCounts else {
                broken.append(band)
                guard broken.count <= count / bandsPerMended else { return nil }
                continue
            }
            reflectance[band] = Double(Int(raw) - Int(spectrum.dark[band])) / Double(range)
        }
        guard broken.count < count else { return nil }
        mend(&reflectance, broken)
        return reflectance
    }

    private static func mend(_ reflectance: inout [Double], _ broken: [Int]) {
        for band in broken {
            // Bands to the left are mended already, so the left neighbour counts as good.
            let left = band > 0 ? band - 1 : nil
            let right = (band + 1..<reflectance.count).first { !broken.contains($0) }
            switch (left, right) {
            case (let left?, let right?):
                let share = Double(band - left) / Double(right - left)
                reflectance[band] = reflectance[left] + (reflectance[right] - reflectance[left]) * share
            case (let only?, nil), (nil, let only?):
                reflectance[band] = reflectance[only]
            case (nil, nil):
                // At least one band is good, so a neighbour exists.
                break
            }
        }
    }
}
