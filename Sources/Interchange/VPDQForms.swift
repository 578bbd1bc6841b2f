import JSONFields
import MediaModel

/// The forms of vPDQ: lines `frame,quality,hash,timestamp` as Meta's C++ writes them, and the JSON of
/// python-threatexchange, an array of `hash,quality,timestamp` or, in older versions, an object by frame.
enum VPDQForms {
    static let maximumFrames = 1_000_000

    /// A line of Meta's text; nil for anything else.
    static func frame(line: String) -> FrameFeature? {
        let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard cells.count == 4, let number = Int(cells[0]), number >= 0 else { return nil }
        return frame(hash: cells[2], quality: cells[1], seconds: cells[3])
    }

    static func frames(ofJSON text: String) throws(MalformedRecord) -> [FrameFeature] {
        var bytes = text
        let result = bytes.withUTF8 { bytes -> Result<[FrameFeature], MalformedRecord> in
            Result { () throws(MalformedRecord) in
                var (reader, budget) = (JSONReader(bytes), JSONValue.maximumValues)
                let value = try JSONValue(&reader, budget: &budget)
                try reader.end()
                return try frames(value)
            }
        }
        return try result.get()
    }

    static func frames(_ value: JSONValue) throws(MalformedRecord) -> [FrameFeature] {
        if let texts = value.texts {
            return try checked(
                texts.map { text in
                    let cells = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                    return cells.count == 3 ? frame(hash: cells[0], quality: cells[1], seconds: cells[2]) : nil
                })
        }
        guard case .object(let members) = value else { throw MalformedRecord() }
        let numbered = members.map { (Int($0.key) ?? -1, $0.value) }.sorted { $0.0 < $1.0 }
        return try checked(
            numbered.map { number, value in
                guard number >= 0, let hash = value["hash"]?.text, let quality = value["quality"]?.integer,
                    let seconds = value["timestamp"]?.name
                else { return nil }
                return frame(hash: hash, quality: "\(quality)", seconds: seconds)
            })
    }

    /// Whether an object is the older form, and not a record.
    static func isByFrame(_ members: [String: JSONValue]) -> Bool {
        !members.isEmpty && members.allSatisfy { Int($0.key) != nil && $0.value["hash"] != nil }
    }

    static func checked(_ frames: [FrameFeature?]) throws(MalformedRecord) -> [FrameFeature] {
        let good = frames.compactMap { $0 }
        guard good.count == frames.count, !good.isEmpty, good.count <= maximumFrames,
            zip(good, good.dropFirst()).allSatisfy({ $0.milliseconds <= $1.milliseconds })
        else { throw MalformedRecord() }
        return good
    }

    private static func frame(hash: String, quality: String, seconds: String) -> FrameFeature? {
        guard let hash = Hash256(hash), let quality = Int(quality), (0...100).contains(quality),
            let seconds = Double(seconds), seconds >= 0, seconds < 2_000_000
        else { return nil }
        return FrameFeature(
            milliseconds: Int32((seconds * 1000).rounded()),
            feature: Feature(hash: hash, quality: Quality(rawValue: quality), isDegenerate: false))
    }
}
