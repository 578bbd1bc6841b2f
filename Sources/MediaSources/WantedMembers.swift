/// Which members of an archive, and of archives within it, are wanted; the others are passed over.
public struct WantedMembers: Sendable, Hashable {
    /// By their places in each archive on the way, outermost first.
    private let members: Set<[Int]>
    /// Of each archive on the way, the places of what is wanted, or leads to it.
    private let steps: [[Int]: Set<Int>]

    public init(_ members: some Sequence<[Int]>) {
        self.members = Set(members)
        steps = self.members.reduce(into: [:]) { steps, member in
            for depth in member.indices { steps[Array(member[..<depth]), default: []].insert(member[depth]) }
        }
    }

    /// Places that are wanted, or lead to what is, in the archive at this place.
    public func places(in archive: [Int]) -> Set<Int> { steps[archive] ?? [] }
}
