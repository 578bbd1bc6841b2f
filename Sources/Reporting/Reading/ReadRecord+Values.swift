import JSONFields
import MediaModel

extension ReadRecord {
    mutating func take(_ key: RecordKey, named name: String, _ reader: inout JSONReader) throws(MalformedRecord) {
        switch key {
        case .schema: guard try reader.string() == RecordEncoding.schema else { throw MalformedRecord() }
        case .kind: kind = try Self.word(&reader)
        case .path: path = try reader.string()
        case .pathBytes: pathBytes = try Self.hex(&reader)
        case .bytes:
            byteCount = try Self.natural(&reader)
            counts[name] = byteCount
        case .sha256:
            guard let digest = SHA256Digest(try reader.string()) else { throw MalformedRecord() }
            sha256 = digest
        case .url: url = try reader.string()
        case .page: page = try reader.string()
        case .captured: captured = try reader.string()
        case .member: member = try reader.string()
        case .memberBytes: memberBytes = try Self.hex(&reader)
        case .memberIndex:
            var places: [Int] = []
            try reader.array { (reader) throws(MalformedRecord) in
                guard let place = Int(exactly: try Self.natural(&reader)), places.count < 64 else {
                    throw MalformedRecord()
                }
                places.append(place)
            }
            memberIndex = places
        case .md5: md5 = try Self.digits(&reader, count: 32)
        case .sha1: sha1 = try Self.digits(&reader, count: 40)
        case .format: format = try reader.string()
        case .width: width = try Self.natural(&reader)
        case .height: height = try Self.natural(&reader)
        case .durationMs: durationMilliseconds = try Self.natural(&reader)
        case .quality: quality = try Self.natural(&reader)
        case .precision: precision = try Self.word(&reader)
        case .verdict: verdict = try Self.word(&reader)
        case .reason: reason = try reader.string()
        case .detail: detail = try reader.string()
        case .case:
            guard let id = CaseID(rawValue: try reader.string()) else { throw MalformedRecord() }
            caseID = id
        case .reference: reference = ReferenceID(rawValue: try Self.natural(&reader))
        case .found: evidence = try Self.word(&reader)
        case .distance: distance = try Self.natural(&reader)
        case .orientation: orientation = try Self.dihedral(&reader)
        case .negative: isNegative = try reader.flag()
        case .region: region = try Self.region(&reader)
        case .referenceRegion: referenceRegion = try Self.region(&reader)
        case .inliers: inliers = try Self.natural(&reader)
        case .segments:
            var found: [Segment] = []
            try reader.array { (reader) throws(MalformedRecord) in found.append(try Self.segment(&reader)) }
            segments = found
        case .engine: engine = try reader.string()
        case .settings: settings = try reader.string()
        case .registry: registry = try reader.string()
        case .folder: folder = try reader.string()
        case .folderBytes: folderBytes = try Self.hex(&reader)
        case .complete: isComplete = try reader.flag()
        case .items, .matchedItems, .matches, .clear, .comparedByBytesOnly, .partial, .undecodable, .unsupported,
            .overLimit, .archives, .references, .cases, .suppressed, .members, .passedOver:
            counts[name] = try Self.natural(&reader)
        }
    }

    private static func natural(_ reader: inout JSONReader) throws(MalformedRecord) -> Int64 {
        let value = try reader.integer()
        // Sums of a few must not overflow.
        guard (0...1 << 60).contains(value) else { throw MalformedRecord() }
        return value
    }

    private static func word<T: RawRepresentable<String>>(_ reader: inout JSONReader) throws(MalformedRecord) -> T {
        guard let value = T(rawValue: try reader.string()) else { throw MalformedRecord() }
        return value
    }

    private static func dihedral(_ reader: inout JSONReader) throws(MalformedRecord) -> Dihedral {
        guard let value = orientations[try reader.string()] else { throw MalformedRecord() }
        return value
    }

    private static let orientations = [String: Dihedral](
        uniqueKeysWithValues: Dihedral.allCases.map { ($0.name, $0) })

    private static func digits(_ reader: inout JSONReader, count: Int) throws(MalformedRecord) -> String {
        let text = try reader.string()
        guard text.utf8.count == count, text.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
            throw MalformedRecord()
        }
        return text
    }

    private static func hex(_ reader: inout JSONReader) throws(MalformedRecord) -> [UInt8] {
        let digits = Array(try reader.string().utf8)
        guard !digits.isEmpty, digits.count % 2 == 0 else { throw MalformedRecord() }
        var out: [UInt8] = []
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Character(Unicode.Scalar(digits[place])).hexDigitValue,
                let low = Character(Unicode.Scalar(digits[place + 1])).hexDigitValue
            else { throw MalformedRecord() }
            out.append(UInt8(high << 4 | low))
        }
        return out
    }

    private static func region(_ reader: inout JSONReader) throws(MalformedRecord) -> Region {
        var values: [String: Int] = [:]
        try reader.object { (key, reader) throws(MalformedRecord) in
            // A region may begin beside the picture.
            let value = try reader.integer()
            guard abs(value) < 1 << 40, values.updateValue(Int(value), forKey: key) == nil else {
                throw MalformedRecord()
            }
        }
        guard let x = values["x"], let y = values["y"], let width = values["width"], let height = values["height"]
        else { throw MalformedRecord() }
        return Region(x: x, y: y, width: width, height: height)
    }

    private static func segment(_ reader: inout JSONReader) throws(MalformedRecord) -> Segment {
        var values: [String: Int64] = [:]
        var (speed, orientation) = (Double?.none, Dihedral?.none)
        try reader.object { (key, reader) throws(MalformedRecord) in
            switch key {
            case "speed": speed = try reader.decimal()
            case "orientation": orientation = try Self.dihedral(&reader)
            case "from", "to", "referenceFrom", "referenceTo", "frames", "distinctFrames", "medianDistance":
                guard values.updateValue(try natural(&reader), forKey: key) == nil else { throw MalformedRecord() }
            default: try reader.skip()
            }
        }
        guard let speed, let orientation, let from = values["from"], let to = values["to"], from <= to,
            let referenceFrom = values["referenceFrom"], let referenceTo = values["referenceTo"],
            referenceFrom <= referenceTo, let median = values["medianDistance"], median <= 256
        else { throw MalformedRecord() }
        return Segment(
            item: from...to, reference: referenceFrom...referenceTo, speed: speed, orientation: orientation,
            frames: Int(values["frames"] ?? 0), distinctFrames: Int(values["distinctFrames"] ?? 0),
            medianDistance: Int(median), leastDistance: Int(median))
    }
}
