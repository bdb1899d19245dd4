import Foundation
import MaterialModel
import Testing

@testable import ModelTraining

struct SpectraFileTests {
    private func file(_ text: String) throws -> SpectraFile {
        try SpectraFile(data: Data(text.utf8), name: "x.csv")
    }

    @Test func `columns are found by their names, whatever their order`() throws {
        let found = try file("refl_1050,material,raw_940,object,refl_940,session\n0.5,PP,7,a,0.25,s\n")
        #expect(found.head == .led8)
        #expect(found.channelsNanometres == [940, 1050])
        #expect(found.scans == [Scan(object: "a", session: "s", material: "PP", values: [0.25, 0.5], line: 2)])
        #expect(found.complaints.isEmpty)
    }

    @Test func `noise above 1720 nm is not read`() throws {
        let found = try file("session,object,material,r_1719.9,r_1720.0,r_1720.1\ns,a,pet,1,2,x\n")
        #expect(found.head == .spectrometer)
        #expect(found.scans[0].values == [1, 2])
        #expect(found.scans[0].material == "PET")
    }

    @Test func `fields may be quoted, lines may end as in DOS, a material may be missing`() throws {
        let found = try file("session,object,material,note,refl_940,refl_1050\r\ns,\"a, \"\"b\"\"\",,\"x\",1,2\r\n")
        #expect(found.scans[0].object == "a, \"b\"")
        #expect(found.scans[0].material == Scan.unlabelled)
    }

    @Test func `a line that cannot be used is named with file, line and column`() throws {
        let found = try file(
            """
            session,object,material,refl_940,refl_1050
            s,a,PP,0.5,0.6
            s,b,PP,0.5,
            s,c,PP,0.5
            s,,PP,0.5,0.6
            s,d,PP,nan,0.6
            s,e,PP,0.5,"0.6
            s,a,PS,0.5,0.6

            ,f,PP,0.5,0.6
            """)
        #expect(found.scans.map(\.object) == ["a"])
        #expect(
            found.complaints == [
                "x.csv:3, column refl_1050: \"\" is no number; the line is not used.",
                "x.csv:4: it has 4 fields instead of 5; the line is not used.",
                "x.csv:5, column object: the object is empty; the line is not used.",
                "x.csv:6, column refl_940: \"nan\" is no number; the line is not used.",
                "x.csv:7: a quote is not closed; the line is not used.",
                "x.csv:10, column session: the session is empty; the line is not used.",
                "x.csv:8, column material: a is PS here and PP in line 2; the line is not used.",
            ])
    }

    @Test(arguments: [
        ("session,object,refl_940,refl_1050\n", "there is no column \"material\""),
        ("session,object,material\n", "there are 0 of the one and 0 of the other kind"),
        ("session,object,material,r_1000,refl_1000\n", "there are 1 of the one and 1 of the other kind"),
        ("session,object,material,r_1000,r_1000.0\n", "a wavelength occurs twice"),
        ("session,object,material,r_1000,r_1100\n", "no line of it can be used"),
        ("", "reflectances were looked for"),
    ])
    func `what is no table of spectra is refused with a sentence`(text: String, sentence: String) throws {
        let error = try #require(throws: TrainingError.self) { try file(text) }
        #expect(error.message.hasPrefix("x.csv:"))
        #expect(error.message.contains(sentence), "\(error)")
    }

    @Test func `objects are put together by name, over all sessions`() throws {
        let found = try file(
            "session,object,material,r_1000,r_1100\nt,b,PP,1,2\ns,a,unknown,3,4\ns,b,PP,5,6\nt,c,ABS,1,1\n")
        let objects = try found.objects(on: [1000, 1050])
        #expect(objects.map(\.name) == ["a", "b", "c"])
        #expect(objects.map(\.label) == [.unlabelled, .known(2), .foreign])
        #expect(objects[1].scans.map(\.values) == [[1, 1.5], [5, 5.5]])
        let error = try #require(throws: TrainingError.self) { try found.objects(on: [900, 1000]) }
        #expect(error.message.contains("1000.0 to 1100.0 nm, do not cover those of the model, 900.0 to 1000.0 nm"))
    }

    @Test func `files of other wavelengths, or that disagree on an object, are not joined`() throws {
        let one = try file("session,object,material,r_1000,r_1100\ns,a,PP,1,2\n")
        let other = try file("session,object,material,r_1000,r_1200\ns,b,PP,1,2\n")
        let liar = try file("session,object,material,r_1000,r_1100\ns,a,PS,1,2\n")
        #expect(throws: TrainingError.self) { try SpectraFile.joined([one, other]) }
        #expect(throws: TrainingError.self) { try SpectraFile.joined([one, liar]) }
        #expect(try SpectraFile.joined([one, one]).scans.count == 2)
    }
}
