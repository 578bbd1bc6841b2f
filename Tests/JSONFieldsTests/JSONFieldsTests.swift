import Foundation
import JSONFields
import TestSupport
import Testing

@Suite struct Fields {
    private func fields(_ text: String) throws -> JSONFields { try JSONFields(Array(text.utf8)[...]) }

    @Test func keepTheirOrderAndTheirText() throws {
        let object = try fields(#" {"b": 1.50 , "a":{"x":[1,2,{}]},"한글":"값","b":2} "#)
        #expect(object.members.map(\.key) == ["b", "a", "한글", "b"])
        #expect(
            object.members.map { String(decoding: $0.value, as: UTF8.self) } == [
                "1.50", #"{"x":[1,2,{}]}"#, "\"값\"", "2",
            ])
        #expect(object.text("한글") == "값" && object.text("b") == nil)
        #expect(object.object("a")?.members.count == 1)
        #expect(try fields(#"{"n":-12}"#).integer("n") == -12)
        #expect(try fields(#"{"a":"","b":"x"}"#).text(firstOf: ["a", "b"]) == "x")
    }

    @Test func decodeEscapes() throws {
        let object = try fields(#"{"a":"q\" b\\ s\/ n\n u\u00e9 \ud83d\ude00 \ud800 end"}"#)
        #expect(object.text("a") == "q\" b\\ s/ n\n u\u{E9} \u{1F600} \u{FFFD} end")
    }

    @Test(arguments: [
        "", "[]", "1", "{", "{}x", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{"a":01}"#, #"{"a":"\x"}"#, #"{"a":"\u12"}"#,
        "{\"a\":\"\n\"}", #"{"a":tru}"#, #"{a:1}"#, #"{"a":1}{"#, #"{"a":.5}"#, #"{"a":1.}"#, #"{"a":"x}"#,
    ])
    func areRefusedWhereTheTextIsNoObject(text: String) {
        #expect(throws: JSONProblem.self) { try fields(text) }
    }

    @Test func areRefusedWhereTheyAreNoUTF8OrTooDeep() {
        #expect(throws: JSONProblem.self) { try JSONFields([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D]) }
        let deep = #"{"a":"# + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000) + "}"
        #expect(throws: JSONProblem.self) { try fields(deep) }
    }

    /// Whatever the bytes are: an answer, and the same as Foundation's where it is a yes.
    @Test func surviveNoise() throws {
        var random = SeededGenerator(seed: 5)
        let seed = Array(#"{"a":[1,-2.5e3,true,null],"b":{"c":"d\u00e9\n"},"e":"f"}"#.utf8)
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0x20...0x7E, using: &random)
            }
            guard let object = try? JSONFields(bytes[...]) else { continue }
            let known = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
            #expect(
                Set(object.members.map(\.key)) == Set((known ?? [:]).keys), "\(String(decoding: bytes, as: UTF8.self))")
        }
    }
}
