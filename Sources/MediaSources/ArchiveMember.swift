import Synchronization

/// A member of an archive, unpacked into memory.
public final class ArchiveMember: Sendable, Hashable {
    /// Its bytes; nobody can change them.
    public let content: OwnedFile
    public let byteCount: Int64
    /// The outermost archive.
    public let archive: OwnedFile
    /// Its place in each archive on the way, outermost first.
    public let indexes: [Int]
    public let budget: ArchiveBudget

    public init(content: OwnedFile, byteCount: Int64, archive: OwnedFile, indexes: [Int], budget: ArchiveBudget) {
        (self.content, self.byteCount, self.archive) = (content, byteCount, archive)
        (self.indexes, self.budget) = (indexes, budget)
    }

    public static func == (a: ArchiveMember, b: ArchiveMember) -> Bool { a === b }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// What an archive, with all archives within it, may still give.
public final class ArchiveBudget: Sendable {
    private let output: Atomic<Int>
    private let members: Atomic<Int>

    public init(outputBytes: Int, members: Int) {
        output = Atomic(outputBytes)
        self.members = Atomic(members)
    }

    public var outputBytes: Int { max(0, output.load(ordering: .relaxed)) }
    public var membersLeft: Int { max(0, members.load(ordering: .relaxed)) }

    public func spend(outputBytes: Int) { output.wrappingSubtract(outputBytes, ordering: .relaxed) }
    public func spendMember() { members.wrappingSubtract(1, ordering: .relaxed) }
}
