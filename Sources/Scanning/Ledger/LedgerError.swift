import DatabaseFiles

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

    /// What SQLite said, in the user's terms.
    init(_ error: any Error, path: String) {
        if let error = error as? LedgerError {
            self = error
            return
        }
        switch DatabaseFault(error) {
        case .locked: self = .locked(path: path)
        case .diskFull: self = .diskFull(path: path)
        case .readOnly: self = .unusable(path: path, detail: "it can't be written to; see its permissions")
        case .otherKind: self = .notALedger(path: path)
        case .damaged(let detail): self = .damaged(path: path, detail: detail)
        case .unusable(let detail): self = .unusable(path: path, detail: detail)
        }
    }
}
