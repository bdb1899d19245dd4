/// Where things are on RS-1's belt, in millimetres from the mouth inwards, and how fast they are.
public enum Geometry {
    /// The entry beam stands in the mouth.
    public static let entryBeam = 0.0
    /// A shut gate stops what the belt carries outwards just inside the entry beam.
    public static let gatePanel = 5.0
    public static let chamberStart = 60.0
    public static let chamberEnd = 360.0
    /// The capacitive and the inductive sensor see an item whose extent overlaps these two.
    public static let presenceStart = 60.0
    public static let presenceEnd = 340.0
    /// Where a person lets go of an item: its centre lies here.
    public static let restPosition = 210.0
    public static let exitBeam = 420.0
    /// An item whose centre passes the belt's end falls.
    public static let beltEnd = 480.0

    /// The head's spot has a diameter of about 10 mm: an item that moved by less than half of it looks the same.
    public static let samePlacementMillimetres = 5.0

    /// Belt speed at `nominalCentihertz`.
    public static let nominalSpeedMillimetresPerSecond = 200.0
    public static let nominalCentihertz = 5000.0
    public static let handSpeedMillimetresPerSecond = 400.0
    /// An item that sticks out this far can be gripped.
    public static let gripMillimetres = 5.0
    /// Between two items that are put in one behind the other.
    public static let itemGapMillimetres = 10.0
    /// How far outside the mouth an item is when the hand has it.
    public static let outsideMillimetres = 20.0
}

/// What the models need beyond the geometry, in time.
enum Timing {
    static let gateMoves: Duration = .milliseconds(200)
    static let flapMoves: Duration = .milliseconds(150)
    static let beltRampSeconds = 0.1
    /// From the belt's end to the drop beam.
    static let falls: Duration = .milliseconds(150)
    /// The falling item interrupts the drop beam this long.
    static let passesDropBeam: Duration = .milliseconds(60)
    /// A person with an item on a string waits this long before pulling it up out of the bin.
    static let pullsUpAfter: Duration = .milliseconds(300)
    static let bounces: Duration = .milliseconds(3)
    static let nirMeasures: Duration = .milliseconds(250)
    /// The tile swings in, white and dark are measured, and it swings out.
    static let nirTakesReferences: Duration = .milliseconds(600)
    static let attendantWorks: Duration = .seconds(3)
    /// So long a person watches a station that has swallowed their item and invites the next one.
    static let patience: Duration = .seconds(60)
}
