package import JSONFields
package import MediaModel

/// A record as it was read from a file: everything in it may be forged, and every text may hold anything.
///
/// Keys that are not known are passed over, so that records of later versions can be read.
package struct ReadRecord: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable { case match, item, archive, unexamined, summary, hash }

    package var kind = Kind.item
    /// Of the item.
    package var path = ""
    /// When `path` does not name the file exactly.
    package var pathBytes: [UInt8]?
    package var byteCount: Int64?
    package var sha256: SHA256Digest?
    /// Where it was served, on which page, and when the crawler fetched it (as the record has it).
    package var url: String?
    package var page: String?
    package var captured: String?
    /// Of an archive.
    package var member: String?
    /// When `member` does not name it exactly.
    package var memberBytes: [UInt8]?
    /// Its place in each archive on the way; empty for what is no member.
    package var memberIndex: [Int] = []
    /// Evidence of a match: hex digits.
    package var md5: String?
    package var sha1: String?
    package var format: String?
    package var width: Int64?
    package var height: Int64?
    package var durationMilliseconds: Int64?
    package var quality: Int64?
    package var precision: HashPrecision?
    package var verdict: Verdict?
    package var reason: String?
    package var detail: String?
    package var caseID: CaseID?
    package var reference: ReferenceID?
    package var evidence: MatchEvidence?
    package var distance: Int64?
    package var orientation: Dihedral?
    package var isNegative = false
    package var region: Region?
    package var referenceRegion: Region?
    package var inliers: Int64?
    package var segments: [Segment] = []
    package var engine: String?
    package var settings: String?
    package var registry: String?
    /// Of a summary: the folder from which relative paths are meant.
    package var folder: String?
    /// When `folder` does not name it exactly.
    package var folderBytes: [UInt8]?
    /// Of a summary and of an archive: numbers by their key.
    package var counts: [String: Int64] = [:]
    package var isComplete = true

    /// The file's path, byte for byte.
    package var exactPath: [UInt8] { pathBytes ?? Array(path.utf8) }

    /// The member's name within the archive, byte for byte.
    package var exactMember: [UInt8]? { memberBytes ?? member.map { Array($0.utf8) } }

    package var exactFolder: [UInt8]? { folderBytes ?? folder.map { Array($0.utf8) } }

    /// The path, of a member with its name within the archive, as a scan's text has it.
    package var printedPath: String {
        PrintedName.text(exactPath) + (exactMember.map { "!/" + PrintedName.text($0) } ?? "")
    }

    init() {}

    /// - Throws: when the line is no record, or says what no record says.
    package init(line: UnsafeBufferPointer<UInt8>) throws(MalformedRecord) {
        guard String(validating: line, as: UTF8.self) != nil else { throw MalformedRecord() }
        var reader = JSONReader(line)
        var record = ReadRecord()
        var seen = RecordKeys()
        try reader.object { (key, reader) throws(MalformedRecord) in
            guard let known = RecordKey.named[key] else { return try reader.skip() }
            // Twice the same key: two readers would read two records.
            guard seen.insert(known) else { throw MalformedRecord() }
            try record.take(known, named: key, &reader)
        }
        try reader.end()
        guard seen.contains(.schema), seen.contains(.kind) else { throw MalformedRecord() }
        try record.check(seen)
        self = record
    }

    private func check(_ seen: RecordKeys) throws(MalformedRecord) {
        if kind != .summary, !seen.contains(.path) { throw MalformedRecord() }
        switch kind {
        case .match:
            guard caseID != nil, reference != nil, evidence != nil, orientation != nil, let distance,
                (0...256).contains(distance)
            else { throw MalformedRecord() }
        case .unexamined: guard verdict != nil, reason != nil else { throw MalformedRecord() }
        case .summary: guard counts["items"] != nil else { throw MalformedRecord() }
        case .archive: guard counts["members"] != nil else { throw MalformedRecord() }
        case .item, .hash: break
        }
    }
}

/// The keys that are read.
enum RecordKey: Int, CaseIterable {
    case schema, kind, path, pathBytes, bytes, sha256, url, page, captured, member, memberBytes, memberIndex, md5, sha1,
        format, width, height
    case durationMs, quality, precision, verdict, reason, detail, `case`, reference, found, distance, orientation
    case negative, region, referenceRegion, inliers, segments, engine, settings, registry, complete
    // Of a summary.
    case items, matchedItems, matches, clear, comparedByBytesOnly, partial, undecodable, unsupported, overLimit
    case archives, references, cases, suppressed, folder, folderBytes
    // Of an archive.
    case members, passedOver

    static let named = [String: RecordKey](uniqueKeysWithValues: allCases.map { ("\($0)", $0) })
}

/// Those that a record had.
struct RecordKeys {
    private var bits: UInt64 = 0

    /// False if it was there.
    mutating func insert(_ key: RecordKey) -> Bool {
        defer { bits |= 1 << UInt64(key.rawValue) }
        return !contains(key)
    }

    func contains(_ key: RecordKey) -> Bool { bits >> UInt64(key.rawValue) & 1 == 1 }
}
