import Foundation
import MediaModel

/// Checksums of the rows that decide over matches: a flipped bit must be found, not matched with.
enum RegistryChecksum {
    static func reference(
        caseID: Int64, sha256: Data, quality: Int?, duration: Int64?, bytesOnly: String?, hashCount: Int
    ) -> Int64 {
        var sum = RowChecksum()
        sum.add(caseID)
        sha256.withUnsafeBytes { sum.add($0) }
        sum.add(quality.map(Int64.init))
        sum.add(duration)
        sum.add(bytesOnly)
        sum.add(Int64(hashCount))
        return sum.value
    }

    static func details(reference: Int64, kept: String, data: Data) -> Int64 {
        var sum = RowChecksum()
        sum.add(reference)
        sum.add(kept)
        data.withUnsafeBytes { sum.add($0) }
        return sum.value
    }

    static func journal(owner: Int64, state: String, time: String, note: String?) -> Int64 {
        var sum = RowChecksum()
        sum.add(owner)
        sum.add(state)
        sum.add(time)
        sum.add(note)
        return sum.value
    }

    static func pair(sha256: Data, reference: Int64, finding: Int64, journal: Int64) -> Int64 {
        var sum = RowChecksum()
        sum.add(sha256)
        for value in [reference, finding, journal] { sum.add(value) }
        return sum.value
    }

    static func frameDetails(reference: Int64, milliseconds: Int32, data: Data) -> Int64 {
        var sum = RowChecksum()
        sum.add(reference)
        sum.add(Int64(milliseconds))
        sum.add(data)
        return sum.value
    }

    static func listed(reference: Int64, kind: String, digest: Data) -> Int64 {
        var sum = RowChecksum()
        sum.add(reference)
        sum.add(kind)
        digest.withUnsafeBytes { sum.add($0) }
        return sum.value
    }

    static func hash(
        reference: Int64, orientation: Int, convention: String, milliseconds: Int64?, quality: Int?, hash: Data
    ) -> Int64 {
        var sum = RowChecksum()
        sum.add(reference)
        sum.add(Int64(orientation))
        sum.add(convention)
        sum.add(milliseconds)
        sum.add(quality.map(Int64.init))
        hash.withUnsafeBytes { sum.add($0) }
        return sum.value
    }
}
