import MediaModel
import Testing

@Suite struct Paths {
    @Test func thatAreNotUTF8AreShownAndKept() {
        let provenance = Provenance(path: [0x61, 0xFF, 0x62])
        #expect(provenance.displayPath == "a\u{FFFD}b")
        #expect(provenance.printablePath == #"a\x{ff}b"#)
        #expect(!provenance.isExactText)
        #expect(provenance.path == [0x61, 0xFF, 0x62])
        #expect(Provenance(path: Array("고양이.jpg".utf8)).isExactText)
    }

    /// "고양이.jpg" and others in CP949, cut off and overlong UTF-8, and names that look like escapes.
    @Test(
        arguments: [
            [0xB0, 0xED, 0xBE, 0xE7, 0xC0, 0xCC, 0x2E], [0xEA, 0xB3], [0xC0, 0x80, 0x41],
            [0xF5, 0x80, 0xED, 0xA0, 0x80],
            Array("고양이 \u{FFFD}\u{1B}[2J\n.jpg".utf8), Array(#"a\x{ff}b"#.utf8), Array(#"a\u{5c}x{ff}b"#.utf8),
            Array(#"a\u{a}\x\u{}\x{+f}\u{d800}\\x{fff}"#.utf8), Array(#"\x{ff"#.utf8) + [0xFF], [],
        ] as [[UInt8]])
    func areToldAgainFromWhatIsPrinted(name: [UInt8]) {
        let text = PrintedName.text(name)
        #expect(PrintedName.bytes(Array(text.utf8)) == name)
        #expect(PrintedName.bytes(Array(PrintedName.visible(text).utf8)) == name)
    }

    @Test func areDifferentWhenTheirBytesAre() {
        let names: [[UInt8]] = [
            [0xFF], [0xFE], [0xEF, 0xBF, 0xBD], Array(#"\x{ff}"#.utf8), Array(#"\u{5c}x{ff}"#.utf8),
        ]
        #expect(Set(names.map(PrintedName.text)).count == names.count)
    }

    @Test func ofUTF8ArePrintedAsTheyAre() {
        for name in ["고양이.jpg", #"C:\users\x.jpg"#, "a\nb"] { #expect(PrintedName.text(Array(name.utf8)) == name) }
        #expect(PrintedName.visible("a\nb\u{202E}") == #"a\u{a}b\u{202e}"#)
    }

    @Test func ofMembersAreShownToo() {
        var origin = Origin()
        origin.members = [.init(name: [0xB0, 0xED], index: 0), .init(name: Array("b".utf8), index: 4)]
        #expect(Provenance(path: [0x61], origin: origin).printablePath == #"a!/\x{b0}\x{ed}!/b"#)
    }
}
