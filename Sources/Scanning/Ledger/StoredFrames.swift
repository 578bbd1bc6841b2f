import Foundation
import GRDB
import MediaModel

/// A video's frames as a ledger keeps them: rows of up to 256, 37 bytes a frame.
struct StoredFrames: Sendable {
    let contentID: Int64
    let part: Int
    let frames: [FrameFeature]

    private static let framesInRow = 256
    /// ms, hash, quality.
    private static let frameBytes = 4 + 32 + 1
    private static let degenerate: UInt8 = 255

    /// One after the other, so that they are never all in memory.
    static func parts(_ frames: HashedFrames, contentID: Int64) -> some Sequence<StoredFrames> {
        stride(from: 0, to: frames.count, by: framesInRow).lazy.map { first in
            StoredFrames(
                contentID: contentID, part: first / framesInRow,
                frames: (first..<min(first + framesInRow, frames.count)).map { frames.time($0) })
        }
    }

    private init(contentID: Int64, part: Int, frames: [FrameFeature]) {
        (self.contentID, self.part, self.frames) = (contentID, part, frames)
    }

    func insert(_ db: Database) throws {
        let data = data
        try db.cachedStatement(sql: "INSERT INTO frames (contentID, part, data, checksum) VALUES (?, ?, ?, ?)")
            .execute(arguments: [contentID, part, data, checksum(data)])
    }

    /// Columns that `init(row:)` reads.
    static let selection = "contentID, part, data, checksum"

    /// - Throws: `DatabaseError` SQLITE_CORRUPT when the row is not what was written.
    init(row: Row) throws {
        (contentID, part) = (try row.decode(atIndex: 0), try row.decode(atIndex: 1))
        let data: Data = try row.decode(atIndex: 2)
        frames = data.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count - Self.frameBytes + 1, by: Self.frameBytes).compactMap { at in
                let milliseconds = Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: Int32.self))
                let quality = bytes[at + 36]
                return Hash256(storedBytes: UnsafeRawBufferPointer(rebasing: bytes[at + 4..<at + 36])).map { hash in
                    FrameFeature(
                        milliseconds: milliseconds,
                        feature: Feature(
                            hash: hash, quality: Quality(rawValue: quality == Self.degenerate ? 0 : Int(quality)),
                            isDegenerate: quality == Self.degenerate))
                }
            }
        }
        guard data.count == frames.count * Self.frameBytes, try checksum(data) == row.decode(atIndex: 3) else {
            throw DatabaseError(
                resultCode: .SQLITE_CORRUPT, message: "the frames of an examined video are not what was written")
        }
    }

    private var data: Data {
        var data = Data(capacity: frames.count * Self.frameBytes)
        for frame in frames {
            withUnsafeBytes(of: frame.milliseconds.littleEndian) { data.append(contentsOf: $0) }
            let hash = frame.feature.hash
            for word in [hash.word0, hash.word1, hash.word2, hash.word3] {
                withUnsafeBytes(of: word.littleEndian) { data.append(contentsOf: $0) }
            }
            data.append(frame.feature.isDegenerate ? Self.degenerate : UInt8(frame.feature.quality.rawValue))
        }
        return data
    }

    private func checksum(_ data: Data) -> Int64 {
        var sum = RowChecksum()
        sum.add(contentID)
        sum.add(Int64(part))
        sum.add(data)
        return sum.value
    }
}
