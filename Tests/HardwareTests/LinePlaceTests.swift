import StationConfig
import StationPorts
import Testing

@testable import Hardware

struct LinePlaceTests {
    static let names = ["ID_SDA", "ID_SCL", "GPIO2", "GPIO3", "GPIO17", "NC", "NC", ""]
    let places = LinePlaces(chip: "/dev/gpiochip0", names: names)

    struct Row: Sendable, CustomTestStringConvertible {
        var place: LineAssignment.Place
        var sentence: String
        var testDescription: String { sentence }
    }

    static let refusals = [
        Row(
            place: .offset(8),
            sentence:
                "Requesting line gate of /dev/gpiochip0 failed: it has lines 0 to 7, and not 8. Correct the offset."
        ),
        Row(
            place: .name("GPIO71"),
            sentence:
                "Requesting line gate of /dev/gpiochip0 failed: it has no line named \"GPIO71\"; the nearest names "
                + "are GPIO17, GPIO2, GPIO3, ID_SCL. Correct the name; gpioinfo lists them all."),
        Row(
            place: .name("NC"),
            sentence: "Requesting line gate of /dev/gpiochip0 failed: its lines 5, 6 are all named \"NC\". Write the "
                + "offset instead of the name."),
    ]

    @Test func `a line is found by its offset and by its name`() throws {
        #expect(try places.offset(of: .offset(7), for: "gate") == 7)
        #expect(try places.offset(of: .name("GPIO17"), for: "gate") == 4)
    }

    @Test(arguments: refusals)
    func `a wrong place is refused with what there is`(row: Row) {
        #expect(throws: PortError(.notFound, row.sentence)) {
            try places.offset(of: row.place, for: "gate")
        }
    }

    @Test func `a chip without names says so`() {
        let nameless = LinePlaces(chip: "/dev/gpiochip0", names: ["", ""])
        #expect(
            throws: PortError(
                .notFound,
                "Requesting line gate of /dev/gpiochip0 failed: it has no line named \"GPIO17\"; none of its lines has "
                    + "a name. Write the offset instead.")
        ) { try nameless.offset(of: .name("GPIO17"), for: "gate") }
    }
}
