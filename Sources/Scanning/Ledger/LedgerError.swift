import GRDB

/// Why the ledger can't be used. The texts are sentences for the user.
public enum LedgerError: Error, Hashable, Sendable, CustomStringConvertible {
    case missing(path: String)
    case notALedger(path: String)
    case newerVersion(path: String)
    case locked(path: String)
    case diskFull(path: String)
    case damaged(path: String, detail: String)
    case unusable(path: String, detail: String)

    public var description: String {
        switch self {
        case .missing(let path): "There is no ledger at \(path). `ansim scan --ledger` makes one."
        case .notALedger(let path): "\(path) is not a ledger of Ansim; it was left as it is."
        case .newerVersion(let path):
            "The ledger \(path) was made by a newer version of Ansim; this one can't read it. Update Ansim, or name another ledger."
        case .locked(let path):
            "The ledger \(path) is in use by another scan. Wait until it has finished, or name another ledger."
        case .diskFull(let path):
            "The disk that holds the ledger \(path) is full. What was examined before is kept; make room and run the command again."
        case .damaged(let path, let detail):
            "The ledger \(path) is damaged (\(detail)). Delete it, and the next scan examines everything anew."
        case .unusable(let path, let detail): "The ledger \(path) can't be used: \(detail)."
        }
    }

    /// How SQLite sees that a file can't grow.
    private static let writeErrors: [ResultCode] = [
        .SQLITE_IOERR_WRITE, .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_TRUNCATE, .SQLITE_IOERR_FSYNC,
    ]

    /// What SQLite said, in the user's terms.
    init(_ error: any Error, path: String) {
        if let error = error as? LedgerError {
            self = error
            return
        }
        if error is RowDecodingError {
            self = .damaged(path: path, detail: "a value is of another kind than was written")
            return
        }
        guard let error = error as? DatabaseError else {
            self = .unusable(path: path, detail: "\(error)")
            return
        }
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(path: path)
        case .SQLITE_FULL: self = .diskFull(path: path)
        case .SQLITE_NOTADB: self = .notALedger(path: path)
        case .SQLITE_CORRUPT: self = .damaged(path: path, detail: error.message ?? "SQLite says so")
        case .SQLITE_IOERR where Self.writeErrors.contains(error.extendedResultCode): self = .diskFull(path: path)
        default: self = .unusable(path: path, detail: error.message ?? "SQLite error \(error.resultCode.rawValue)")
        }
    }
}
