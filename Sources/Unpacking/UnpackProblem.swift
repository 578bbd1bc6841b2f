import MediaModel

/// Why nothing more can be had of an archive.
struct UnpackProblem: Error {
    enum Kind {
        /// Its bytes break the rules of their format, or end too early.
        case damaged
        case unsupported
        case overLimit(ItemFailure.Reason)
    }
    let kind: Kind
    /// A sentence's end, for people.
    let detail: String

    init(_ kind: Kind, _ detail: String) { (self.kind, self.detail) = (kind, detail) }

    /// - Parameter hasMembers: whether something was found before.
    func failure(hasMembers: Bool) -> ItemFailure {
        switch kind {
        case .damaged:
            hasMembers ? ItemFailure(.partial, .damaged, detail) : ItemFailure(.undecodable, .corrupt, detail)
        case .unsupported: ItemFailure(.unsupported, .unsupportedFormat, detail)
        case .overLimit(let reason): ItemFailure(.overLimit, reason, detail)
        }
    }
}
