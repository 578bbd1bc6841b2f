/// Why an index file can't be used or written. The texts are parts of sentences for the user.
public enum IndexFileError: Error, Sendable, Hashable, CustomStringConvertible {
    case missing
    /// Another kind of file, or of another version or hash definition.
    case foreign(String)
    /// Its contents are not what was written.
    case damaged(String)
    /// It can't be opened, read or written.
    case unusable(String)
    case diskFull

    public var description: String {
        switch self {
        case .missing: "it is not there"
        case .foreign(let detail), .damaged(let detail), .unusable(let detail): detail
        case .diskFull: "the disk is full"
        }
    }
}
