/// What was found in an archive; `"kind":"archive"`, one record after those of its members, written with `--all` and in
/// answer to a line of standard input.
///
/// Keys after the identity (without `sha256`): `container`, `members` (how many became items), `passedOver` (what else
/// it holds: folders, links, files that tell of others, web pages and whatever holds no media), `settings`. An archive
/// that could not be read to its end has an `unexamined` record instead.
public struct ArchiveFacts: Sendable, Hashable {
    /// As far as it was recognised: libarchive's name, or `WARC`.
    public var container: String
    public var members: Int
    public var passedOver: Int

    public init(container: String, members: Int, passedOver: Int) {
        (self.container, self.members, self.passedOver) = (container, members, passedOver)
    }
}

/// How much one archive may hold; over it, the verdict is `overLimit`.
public struct ArchiveLimits: Sendable, Hashable {
    /// Bytes of a member. They are held in memory.
    public var memberBytes: Int
    /// Bytes that come out of each byte of the outermost archive, once they are more than 256 MiB.
    public var ratio: Int
    /// Members, also those of archives within it.
    public var members: Int
    /// Archives within archives; 0 = none is opened.
    public var depth: Int
    /// CPU seconds from one member to the next.
    public var seconds: Int
    /// The same by the clock, waiting not counted.
    public var wallSeconds: Int

    /// Defaults: 1 GiB, 100 to 1, ten million, 3, 300 s.
    public init(
        memberBytes: Int = 1 << 30, ratio: Int = 100, members: Int = 10_000_000, depth: Int = 3, seconds: Int = 300
    ) {
        (self.seconds, wallSeconds) = (seconds, 2 * seconds + 60)
        (self.memberBytes, self.ratio) = (memberBytes, ratio)
        (self.members, self.depth) = (members, depth)
    }

    /// Bytes that may come out of an archive of so many.
    public func outputBytes(ofArchive byteCount: Int64) -> Int {
        let product = Int(byteCount).multipliedReportingOverflow(by: ratio)
        return max(256 << 20, product.overflow ? .max : product.partialValue)
    }
}
