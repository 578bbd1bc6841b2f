import JSONFields
public import MediaModel

/// Records as JSON Lines; what they say is documented on the records.
public enum RecordEncoding {
    /// The name of this form of the records.
    public static let schema = "ansim/1"

    public static func line(_ record: MatchRecord, origin: RecordOrigin) -> String {
        var out = start("match", record.item)
        put(record.media, into: &out)
        let match = record.match
        out.put("verdict", Verdict.match.rawValue)
        out.put("case", match.caseID.rawValue)
        out.put("reference", match.reference.rawValue)
        out.put("found", match.evidence.rawValue)
        out.put("distance", match.distance)
        out.put("orientation", match.orientation.name)
        if let location = match.location {
            out.put("region", json: encoded(location.region))
            out.put("referenceRegion", json: encoded(location.referenceRegion))
            out.put("transform", json: encoded(location.transform))
            if let inliers = location.inliers { out.put("inliers", inliers) }
        } else if let (width, height) = size(record.media) {
            out.put("region", json: encoded(Region(x: 0, y: 0, width: width, height: height)))
        }
        if match.isNegative { out.put("negative", true) }
        out.put("segments", json: "[" + match.segments.map(encoded).joined(separator: ",") + "]")
        if let overlap = match.vpdq { out.put("vpdq", json: encoded(overlap)) }
        out.put("md5", record.item.digests?.md5)
        out.put("sha1", record.item.digests?.sha1)
        out.put("engine", origin.engine)
        out.put("registry", origin.registry)
        out.put("settings", origin.settings)
        return out.line
    }

    public static func line(_ record: ItemRecord, settings: String) -> String {
        var out = start("item", record.item)
        put(record.media, into: &out)
        out.put("verdict", record.verdict.rawValue)
        out.put("matches", record.matches)
        out.put("settings", settings)
        return out.line
    }

    public static func line(_ record: UnexaminedRecord, settings: String?) -> String {
        var out = start("unexamined", record.item)
        out.put("verdict", record.failure.verdict.rawValue)
        out.put("reason", record.failure.reason.rawValue)
        out.put("detail", record.failure.detail)
        out.put("settings", settings)
        return out.line
    }

    public static func line(_ archive: ArchiveFacts, _ item: ItemIdentity, settings: String) -> String {
        var out = start("archive", item)
        out.put("container", archive.container)
        out.put("members", archive.members)
        out.put("passedOver", archive.passedOver)
        out.put("settings", settings)
        return out.line
    }

    /// - Parameter folder: from which relative paths of the records are meant; nil when there are none.
    public static func line(_ record: SummaryRecord, settings: String, folder: [UInt8]? = nil) -> String {
        var out = start("summary")
        out.put("complete", record.isComplete)
        out.put("items", record.items)
        out.put("bytes", record.byteCount)
        out.put("matchedItems", record.matchedItems)
        out.put("matches", record.matches)
        out.put("clear", record.count(.clear))
        out.put("comparedByBytesOnly", record.comparedByBytesOnly)
        for verdict in [Verdict.partial, .undecodable, .unsupported, .overLimit] {
            out.put(verdict.rawValue, record.count(verdict))
        }
        out.put("archives", record.archives)
        out.put("passedOver", record.passedOver > 0 ? record.passedOver : nil)
        out.put("references", record.references)
        out.put("cases", record.cases)
        if record.suppressed > 0 { out.put("suppressed", record.suppressed) }
        if let folder {
            out.put("folder", String(decoding: folder, as: UTF8.self))
            if String(validating: folder, as: UTF8.self) == nil { out.put("folderBytes", hex(folder)) }
        }
        out.put("settings", settings)
        return out.line
    }

    /// What `ansim hash` prints of a picture; keys as in the other records, and `convention`,
    /// `hash`, and with `--dihedral` `hashes` by orientation.
    public static func line(
        item: ItemIdentity, picture: PictureFacts, hashes: [OrientedHash], convention: HashConvention
    ) -> String {
        var out = start("hash", item)
        put(.picture(picture), into: &out)
        out.put("convention", convention.rawValue)
        out.put("hash", hashes[0].hash.description)
        if hashes.count > 1 {
            var turned = JSONObject()
            for entry in hashes { turned.put(entry.orientation.name, entry.hash.description) }
            out.put("hashes", json: turned.line)
        }
        return out.line
    }

    private static func encoded(_ overlap: VPDQOverlap) -> String {
        var out = JSONObject()
        out.put("itemMatched", overlap.queryMatched)
        out.put("itemFrames", overlap.queryKept)
        out.put("referenceMatched", overlap.comparedMatched)
        out.put("referenceFrames", overlap.comparedKept)
        return out.line
    }

    private static func start(_ kind: String, _ item: ItemIdentity? = nil) -> JSONObject {
        var out = JSONObject()
        out.put("schema", schema)
        out.put("kind", kind)
        if let item {
            out.put("path", item.provenance.displayPath)
            if !item.provenance.isExactText { out.put("pathBytes", hex(item.provenance.path)) }
            out.put("bytes", item.byteCount)
            out.put("sha256", item.sha256?.description)
            if let origin = item.provenance.origin { put(origin, into: &out) }
        }
        return out
    }

    private static func put(_ origin: Origin, into out: inout JSONObject) {
        if let member = origin.displayMember {
            out.put("member", member)
            if let exact = origin.exactMember, String(validating: exact, as: UTF8.self) == nil {
                out.put("memberBytes", hex(exact))
            }
        }
        if !origin.members.isEmpty {
            out.put("memberIndex", json: "[" + origin.members.map { String($0.index) }.joined(separator: ",") + "]")
        }
        if origin.hasUnsafeName { out.put("unsafeName", true) }
        out.put("url", origin.url)
        out.put("page", origin.page)
        out.put("captured", origin.captured)
        out.put("uploaded", origin.uploaded)
        out.put("uploader", origin.uploader)
        out.put("ip", origin.address)
        out.put("recordId", origin.recordID)
        out.put("payloadDigest", origin.payloadDigest)
        if let holds = origin.payloadDigestHolds { out.put("payloadDigestHolds", holds) }
        out.put("offset", origin.offset)
        out.put("key", origin.key)
        out.put("status", origin.status)
        out.put("sidecar", origin.sidecar)
        out.put("sidecarNote", origin.sidecarNote)
        out.put("flaw", origin.flaw)
        out.put("line", origin.line)
        if let given = origin.given { out.put("given", json: given) }
    }

    private static func put(_ media: MediaFacts?, into out: inout JSONObject) {
        switch media {
        case .picture(let facts): put(facts, into: &out)
        case .video(let facts, let frames): put(facts, frames: frames, into: &out)
        case nil: break
        }
    }

    private static func put(_ video: VideoFacts, frames: Int, into out: inout JSONObject) {
        out.put("format", video.format.rawValue)
        out.put("container", video.container)
        out.put("codec", video.codec)
        out.put("width", video.width)
        out.put("height", video.height)
        if video.rotation != 0 { out.put("rotation", video.rotation) }
        out.put("durationMs", video.durationMilliseconds)
        out.put("frames", frames)
        out.put("damage", video.damage)
        if video.hasFurtherStreams { out.put("furtherStreams", true) }
        out.put("precision", video.precision.rawValue)
    }

    private static func size(_ media: MediaFacts?) -> (width: Int, height: Int)? {
        switch media {
        case .picture(let facts): (facts.width, facts.height)
        case .video(let facts, _): (facts.width, facts.height)
        case nil: nil
        }
    }

    private static func encoded(_ segment: Segment) -> String {
        var out = JSONObject()
        out.put("from", segment.item.lowerBound)
        out.put("to", segment.item.upperBound)
        out.put("referenceFrom", segment.reference.lowerBound)
        out.put("referenceTo", segment.reference.upperBound)
        out.put("speed", json: decimal(segment.speed))
        out.put("orientation", segment.orientation.name)
        out.put("frames", segment.frames)
        out.put("distinctFrames", segment.distinctFrames)
        out.put("medianDistance", segment.medianDistance)
        return out.line
    }

    private static func encoded(_ transform: AffineTransform) -> String {
        let values = [transform.a, transform.b, transform.c, transform.d, transform.e, transform.f]
        return "[" + values.map(decimal).joined(separator: ",") + "]"
    }

    /// Three places, without a locale's opinion.
    private static func decimal(_ value: Double) -> String {
        let thousandths = Int((value * 1000).rounded())
        let digits = String(abs(thousandths) % 1000)
        let fraction = String(repeating: "0", count: 3 - digits.count) + digits
        return (thousandths < 0 ? "-" : "") + "\(abs(thousandths) / 1000).\(fraction)"
    }

    private static func put(_ picture: PictureFacts, into out: inout JSONObject) {
        out.put("format", picture.format.rawValue)
        out.put("width", picture.width)
        out.put("height", picture.height)
        out.put("exifOrientation", picture.exifOrientation)
        out.put("quality", picture.quality.rawValue)
        if picture.isDegenerate { out.put("degenerate", true) }
        out.put("damage", picture.damage)
        if picture.hasFurtherFrames { out.put("furtherFrames", true) }
        out.put("precision", picture.precision.rawValue)
    }

    private static func encoded(_ region: Region) -> String {
        var out = JSONObject()
        out.put("x", region.x)
        out.put("y", region.y)
        out.put("width", region.width)
        out.put("height", region.height)
        return out.line
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
