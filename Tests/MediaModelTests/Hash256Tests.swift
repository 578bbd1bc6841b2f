import MediaModel
import Testing

@Suite struct Hash256Text {
    @Test func putsBit255First() {
        #expect(Hash256(1, 0, 0, 0).description == String(repeating: "0", count: 63) + "1")
        #expect(Hash256(0, 0, 0, 1 << 63).description == "8" + String(repeating: "0", count: 63))
    }

    @Test func survivesTheRoundTrip() {
        let text = "d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22"
        #expect(Hash256(text)?.description == text)
        #expect(Hash256(text.uppercased())?.description == text)
        #expect(Hash256(bytes: Hash256(text)!.bytes)?.description == text)
    }

    @Test(arguments: [
        "", "00", String(repeating: "g", count: 64), String(repeating: "0", count: 65),
        "é" + String(repeating: "0", count: 62),
    ])
    func refusesWhatIsNoHash(text: String) { #expect(Hash256(text) == nil) }
}

@Suite struct Distance {
    @Test func countsDifferingBits() {
        let a = Hash256(0, 0, 0, 0)
        #expect(a.distance(to: a) == 0)
        #expect(a.distance(to: Hash256(.max, .max, .max, .max)) == 256)
        #expect(Hash256(0b1011, 1, 0, 1 << 63).distance(to: Hash256(0b0010, 0, 0, 0)) == 4)
    }
}

@Suite struct Names {
    @Test(arguments: ["", " x", "x ", "a\nb", String(repeating: "x", count: 201)])
    func ofCasesAreChecked(name: String) { #expect(CaseID(rawValue: name) == nil) }

    @Test(arguments: ["2026-0113", "서울-12", "a b"])
    func ofCasesMayBeInAnyScript(name: String) { #expect(CaseID(rawValue: name)?.rawValue == name) }

    @Test func ofOrientationsAreTheReferences() {
        #expect(
            Dihedral.allCases.map(\.name) == ["orig", "rot90", "rot180", "rot270", "flipx", "flipy", "flipp", "flipm"])
    }
}
