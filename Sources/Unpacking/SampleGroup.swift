import JSONFields
import MediaModel
import WorkerProtocol

/// Members that follow each other under one key: a sample of a data set (webdataset, img2dataset) is `key.jpg`,
/// `key.json`, `key.txt`; a downloader's pair is `name.jpg`, `name.jpg.json`. What tells of a picture is no item beside
/// it, and without a picture it is one.
struct SampleGroup {
    let key: ArraySlice<UInt8>
    private var members: [Member] = []
    private var texts: [Text] = []

    private struct Member {
        var origin: Origin
        let index: Int
        let file: MemberFile?
        let failure: ItemFailure?
    }

    private struct Text {
        let origin: Origin
        let index: Int
        let bytes: [UInt8]
    }

    /// Bytes of a text that may tell of a picture.
    static let maximumText = 1 << 20
    private static let suffixes: Set<String> = ["json", "txt", "cls", "caption"]

    init(key: ArraySlice<UInt8>) { self.key = key }

    /// A name up to the first dot of its last part.
    static func key(of name: [UInt8]) -> ArraySlice<UInt8> {
        let start = name.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        return name[..<(name[start...].dropFirst().firstIndex(of: UInt8(ascii: ".")) ?? name.endIndex)]
    }

    static func isText(_ name: [UInt8], byteCount: Int?) -> Bool {
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), byteCount ?? .max <= maximumText else { return false }
        return suffixes.contains(String(decoding: name[(dot + 1)...], as: UTF8.self))
    }

    mutating func add(_ origin: Origin, index: Int, file: MemberFile?, failure: ItemFailure?) {
        members.append(Member(origin: origin, index: index, file: file, failure: failure))
    }

    mutating func add(text bytes: [UInt8], _ origin: Origin, index: Int) {
        texts.append(Text(origin: origin, index: index, bytes: bytes))
    }

    /// Whether it holds as much as is good.
    var isFull: Bool { members.count + texts.count >= 8 }

    func deliver(to outlet: MemberOutlet) throws(UnpackProblem) {
        guard !members.isEmpty else {
            for text in texts {
                let file = outlet.openFile()
                _ = text.bytes.withUnsafeBytes { file.append($0) }
                try outlet.send(text.origin, index: text.index, file: file)
            }
            return
        }
        for member in members {
            var origin = member.origin
            for text in texts where text.origin.members[0].name.last == UInt8(ascii: "n") {
                tell(&origin, text, outlet)
            }
            try outlet.send(origin, index: member.index, file: member.file, failure: member.failure)
        }
        for _ in texts { outlet.passOver() }
    }

    private func tell(_ origin: inout Origin, _ text: Text, _ outlet: MemberOutlet) {
        // Of several pictures under one key, a downloader's pair is told by the whole name.
        let name = text.origin.members[0].name
        let stem = name.dropLast(".json".utf8.count)
        let pairs = members.contains { $0.origin.members[0].name[...] == stem }
        if pairs, origin.members[0].name[...] != stem { return }
        origin.sidecar = String(decoding: name, as: UTF8.self)
        do throws(JSONProblem) {
            origin.take(try JSONFields(text.bytes[...]), keepsUploader: outlet.request.keepsUploader)
        } catch {
            origin.sidecarNote = "it \(error.text)"
        }
    }
}
