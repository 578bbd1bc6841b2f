import Foundation
import GRDB
package import MediaModel

/// What tells that a file is still the one that was examined.
public struct FileStamp: Sendable, Hashable {
    public let byteCount: Int64
    /// Nanoseconds of the modification time.
    public let modified: Int64
    public let inode: Int64

    public init(byteCount: Int64, modified: Int64, inode: Int64) {
        (self.byteCount, self.modified, self.inode) = (byteCount, modified, inode)
    }
}

/// What is known of some bytes.
package struct StoredContent: Sendable {
    /// Nil until it was written.
    var id: Int64?
    let sha256: SHA256Digest
    let byteCount: Int64
    /// Nil of what an older version examined.
    package let digests: ItemDigests?
    package let content: Examination.Content
    let details: PictureDetails

    /// The columns of `content` after `settingsID`, in order.
    private var columns: (facts: PictureFacts?, video: VideoFacts?, failure: ItemFailure?, format: MediaFormat) {
        switch content {
        case .picture(let facts, _): (facts, nil, nil, facts.format)
        case .video(let facts, _): (nil, facts, facts.limit, facts.format)
        case .failure(let failure, let format): (nil, nil, failure, format)
        }
    }

    private var frameCount: Int? {
        if case .video(_, let frames) = content { frames.count } else { nil }
    }

    static func digestKey(_ digest: SHA256Digest) -> Int64 {
        digest.bytes.prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }

    func insert(_ db: Database, settingsID: Int64) throws -> Int64 {
        let (facts, video, failure, format) = columns
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO content (digestKey, sha256, settingsID, byteCount, format, width, height, exifOrientation,
                    quality, degenerate, furtherFrames, precision, container, codec, rotation, duration,
                    framesPerSecond, frameCount,
                    damage, verdict, reason, detail, digests, checksum)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            Self.digestKey(sha256), Data(sha256.bytes), settingsID, byteCount, format.rawValue,
            facts?.width ?? video?.width, facts?.height ?? video?.height, facts?.exifOrientation,
            facts?.quality.rawValue, facts?.isDegenerate, facts?.hasFurtherFrames ?? video?.hasFurtherStreams,
            (facts?.precision ?? video?.precision)?.rawValue, video?.container, video?.codec, video?.rotation,
            video?.durationMilliseconds, video?.framesPerSecond, frameCount, facts?.damage ?? video?.damage,
            failure?.verdict.rawValue,
            failure?.reason.rawValue, failure?.detail, digests.map { Data($0.bytes) }, checksum(settingsID: settingsID),
        ])
        let id = db.lastInsertedRowID
        if case .picture(let facts, let hashes) = content {
            let feature = StoredFeature(
                contentID: id, hash: hashes[0].hash, quality: facts.isDegenerate ? -1 : facts.quality.rawValue)
            try feature.insert(db)
            if !details.isEmpty { try StoredDetails(contentID: id, details: details).insert(db) }
        }
        if case .video(_, let frames) = content {
            for part in StoredFrames.parts(frames, contentID: id) { try part.insert(db) }
            for (number, details) in frames.detailed {
                try StoredDetails(contentID: id, frame: number, details: details).insert(db)
            }
        }
        return id
    }

    private func checksum(settingsID: Int64) -> Int64 {
        let (facts, video, failure, format) = columns
        var sum = RowChecksum()
        sum.add(sha256.bytes)
        sum.add(settingsID)
        sum.add(byteCount)
        sum.add(format.rawValue)
        for value in [
            facts?.width ?? video?.width, facts?.height ?? video?.height, facts?.exifOrientation,
            facts?.quality.rawValue, video?.rotation, frameCount,
        ] {
            sum.add(value.map(Int64.init))
        }
        sum.add(video?.durationMilliseconds)
        sum.add(video.map { Int64(bitPattern: $0.framesPerSecond.bitPattern) })
        for flag in [facts?.isDegenerate, facts?.hasFurtherFrames ?? video?.hasFurtherStreams] {
            sum.add(flag.map { $0 ? 1 : 0 })
        }
        for text in [
            (facts?.precision ?? video?.precision)?.rawValue, video?.container, video?.codec,
            facts?.damage ?? video?.damage, failure?.verdict.rawValue, failure?.reason.rawValue, failure?.detail,
        ] {
            sum.add(text)
        }
        if let digests { sum.add(digests.bytes) }
        return sum.value
    }

    /// Columns that `init(row:)` reads, of `content c` and `joins`.
    static let selection = """
        c.id, c.sha256, c.settingsID, c.byteCount, c.format, c.width, c.height, c.exifOrientation, c.quality,
        c.degenerate, c.furtherFrames, c.precision, c.container, c.codec, c.rotation, c.duration, c.framesPerSecond, c.frameCount,
        c.damage, c.verdict, c.reason, c.detail, c.digests, c.checksum, f.hash,
        f.quality AS featureQuality, f.checksum AS featureChecksum, d.data AS details, d.checksum AS detailsChecksum
        """
    static let joins = "LEFT JOIN feature f ON f.contentID = c.id LEFT JOIN details d ON d.contentID = c.id"

    /// - Throws: `DatabaseError` SQLITE_CORRUPT when the row is not what was written.
    init(row: Row, _ db: Database) throws {
        func broken(_ what: String) -> DatabaseError {
            DatabaseError(resultCode: .SQLITE_CORRUPT, message: "\(what) of an examined file is not what was written")
        }
        let id: Int64 = try row.decode(forColumn: "id")
        guard let digest = SHA256Digest(bytes: try row.decode(Data.self, forColumn: "sha256")),
            let format = MediaFormat(rawValue: try row.decode(forColumn: "format"))
        else { throw broken("the record") }
        (self.id, sha256, byteCount) = (id, digest, try row.decode(forColumn: "byteCount"))
        let others: Data? = try row.decode(forColumn: "digests")
        digests = others.flatMap { ItemDigests(bytes: $0) }
        guard (others == nil) == (digests == nil) else { throw broken("the digests") }
        details =
            try (row.decode(forColumn: "details") as Data?).map { data in
                try StoredDetails(contentID: id, data: data, checksum: row.decode(forColumn: "detailsChecksum")).details
            } ?? .none
        let failure = try (row.decode(forColumn: "verdict") as String?).map { verdict in
            guard let verdict = Verdict(rawValue: verdict),
                let reason = ItemFailure.Reason(rawValue: try row.decode(forColumn: "reason") ?? "")
            else { throw broken("the verdict") }
            return ItemFailure(verdict, reason, try row.decode(forColumn: "detail") ?? "")
        }
        if let container: String = try row.decode(forColumn: "container") {
            let facts = try Self.videoFacts(row, format, container, limit: failure)
            let parts = try Row.fetchCursor(
                db.cachedStatement(
                    sql: "SELECT \(StoredFrames.selection) FROM frames WHERE contentID = ? ORDER BY part"),
                arguments: [id])
            var details: [Int: PictureDetails] = [:]
            for stored in try StoredDetails.ofFrames(content: id, db) { details[stored.frame!] = stored.details }
            var frames = HashedFrames()
            while let part = try parts.next() {
                for frame in try StoredFrames(row: part).frames {
                    frames.append(
                        HashedFrame(
                            time: frame, hashes: [OrientedHash(orientation: .orig, hash: frame.feature.hash)],
                            details: details[frames.count] ?? .none))
                }
            }
            content = .video(facts, frames: frames)
            guard try frames.count == row.decode(forColumn: "frameCount") else { throw broken("the video") }
        } else if let failure {
            content = .failure(failure, format: format)
        } else {
            guard let quality = (try row.decode(Int?.self, forColumn: "quality")), (0...100).contains(quality),
                let bytes = (try row.decode(Data?.self, forColumn: "hash")),
                let hash = Hash256(bytes: bytes)
            else { throw broken("the hash") }
            let feature = StoredFeature(contentID: id, hash: hash, quality: try row.decode(forColumn: "featureQuality"))
            guard try feature.checksum == row.decode(forColumn: "featureChecksum") else { throw broken("the hash") }
            guard let precision = HashPrecision(rawValue: try row.decode(forColumn: "precision") ?? "") else {
                throw broken("the hash")
            }
            let facts = PictureFacts(
                format: format, width: try row.decode(forColumn: "width") ?? 0,
                height: try row.decode(forColumn: "height") ?? 0,
                exifOrientation: try row.decode(forColumn: "exifOrientation"),
                quality: Quality(rawValue: quality), isDegenerate: try row.decode(forColumn: "degenerate") ?? false,
                damage: try row.decode(forColumn: "damage"),
                hasFurtherFrames: try row.decode(forColumn: "furtherFrames") ?? false, precision: precision)
            content = .picture(facts, hashes: [OrientedHash(orientation: .orig, hash: hash)])
        }
        guard try checksum(settingsID: row.decode(forColumn: "settingsID")) == row.decode(forColumn: "checksum") else {
            throw broken("the record")
        }
    }

    private static func videoFacts(
        _ row: Row, _ format: MediaFormat, _ container: String, limit: ItemFailure?
    ) throws -> VideoFacts {
        guard let precision = HashPrecision(rawValue: try row.decode(forColumn: "precision") ?? "") else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a video's precision is not what was written")
        }
        return VideoFacts(
            format: format, container: container, codec: try row.decode(forColumn: "codec") ?? "",
            width: try row.decode(forColumn: "width") ?? 0, height: try row.decode(forColumn: "height") ?? 0,
            rotation: try row.decode(forColumn: "rotation") ?? 0,
            durationMilliseconds: try row.decode(forColumn: "duration") ?? 0,
            framesPerSecond: try row.decode(forColumn: "framesPerSecond") ?? 0,
            damage: try row.decode(forColumn: "damage"),
            hasFurtherStreams: try row.decode(forColumn: "furtherFrames") ?? false, precision: precision, limit: limit)
    }

    package init(
        sha256: SHA256Digest, byteCount: Int64, content: Examination.Content, details: PictureDetails = .none,
        digests: ItemDigests? = nil
    ) {
        self.digests = digests
        self.details = details
        (id, self.sha256, self.byteCount, self.content) = (nil, sha256, byteCount, content)
    }
}

/// A content's hash.
struct StoredFeature: Sendable {
    let contentID: Int64
    let hash: Hash256
    /// -1 when the hash is noise.
    let quality: Int

    func insert(_ db: Database) throws {
        try db.cachedStatement(sql: "INSERT INTO feature (contentID, hash, quality, checksum) VALUES (?, ?, ?, ?)")
            .execute(arguments: [contentID, Data(hash.bytes), quality, checksum])
    }

    var checksum: Int64 {
        var sum = RowChecksum()
        sum.add(contentID)
        for word in [hash.word0, hash.word1, hash.word2, hash.word3] { sum.add(Int64(bitPattern: word)) }
        sum.add(Int64(quality))
        return sum.value
    }
}

/// Where some bytes were.
package struct StoredItem: Sendable {
    /// The absolute path; of an archive's member then a zero and its place in each archive.
    let path: [UInt8]
    let stamp: FileStamp
    /// Encoded; empty for a file of which no more is known.
    let origin: Data

    package init(path: [UInt8], stamp: FileStamp, origin: Origin? = nil) {
        (self.path, self.stamp, self.origin) = (path, stamp, Self.encoded(origin))
    }

    static func encoded(_ origin: Origin?) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return origin.flatMap { try? encoder.encode($0) } ?? Data()
    }

    init(path: [UInt8], stamp: FileStamp, stored origin: Data?) {
        (self.path, self.stamp, self.origin) = (path, stamp, origin ?? Data())
    }

    /// Where it was.
    var provenance: Provenance {
        Provenance(
            path: Array(path.prefix { $0 != 0 }),
            origin: origin.isEmpty ? nil : try? JSONDecoder().decode(Origin.self, from: origin))
    }

    func write(_ db: Database, contentID: Int64) throws {
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO item (path, byteCount, modified, inode, contentID, origin, checksum)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            Data(path), stamp.byteCount, stamp.modified, stamp.inode, contentID,
            origin.isEmpty ? nil : origin, checksum(contentID: contentID),
        ])
    }

    func checksum(contentID: Int64) -> Int64 {
        var sum = RowChecksum()
        sum.add(path)
        for value in [stamp.byteCount, stamp.modified, stamp.inode, contentID] { sum.add(value) }
        if !origin.isEmpty { sum.add(origin) }
        return sum.value
    }
}
