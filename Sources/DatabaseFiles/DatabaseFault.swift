import GRDB

/// What is wrong with an SQLite file, apart from what it is the file of.
package enum DatabaseFault: Hashable, Sendable {
    /// Another process is writing and did not finish in time.
    case locked
    case diskFull
    case readOnly
    case otherKind
    case damaged(String)
    /// The folder or the file can't be opened or made.
    case unusable(String)

    /// How SQLite sees that a file can't grow.
    private static let writeErrors: [ResultCode] = [
        .SQLITE_IOERR_WRITE, .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_TRUNCATE, .SQLITE_IOERR_FSYNC,
    ]

    package init(_ error: any Error) {
        if error is RowDecodingError {
            self = .damaged("a value is of another kind than was written")
            return
        }
        guard let error = error as? DatabaseError else {
            self = .unusable("\(error)")
            return
        }
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked
        case .SQLITE_READONLY: self = .readOnly
        case .SQLITE_CANTOPEN:
            self = .unusable(
                "SQLite can't open it, or make the files that it keeps beside it (is the folder writable?)")
        case .SQLITE_FULL: self = .diskFull
        case .SQLITE_NOTADB: self = .otherKind
        case .SQLITE_CORRUPT: self = .damaged(error.message ?? "SQLite says so")
        case .SQLITE_IOERR where Self.writeErrors.contains(error.extendedResultCode): self = .diskFull
        default: self = .unusable(error.message ?? "SQLite error \(error.resultCode.rawValue)")
        }
    }
}
