import DatabaseFiles

/// Why the registry can't be used. The texts are sentences for the user.
public enum RegistryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No file there, and the command does not make one.
    case missing(path: String)
    /// Another kind of file.
    case notARegistry(path: String)
    /// Made by a newer version.
    case newerVersion(path: String)
    /// Another process is writing and did not finish in time.
    case locked(path: String)
    case diskFull(path: String)
    /// Something was removed, but another process keeps the log from being emptied.
    case removedButLogged(path: String)
    /// SQLite found it damaged.
    case damaged(path: String, detail: String)
    /// The folder or the file can't be opened or made.
    case unusable(path: String, detail: String)
    case unknownCase(String)
    case unknownReference(Int64)
    /// A URL, a path or a number that is no finding of the case.
    case unknownPlace(String)
    case inFuture(String)
    case beforeFound(Int64, time: String, found: String)
    /// The file was emptied, or was never filled.
    case empty(path: String)
    /// The command writes, but may not.
    case readOnly(path: String)

    public var description: String {
        switch self {
        case .missing(let path):
            "There is no registry at \(path). Register something first, or name another one with --registry."
        case .notARegistry(let path): "\(path) is not an Ansim registry; it was left as it is."
        case .newerVersion(let path):
            "The registry \(path) was made by a newer version of Ansim; this one can't read it. Update Ansim."
        case .locked(let path):
            "The registry \(path) is locked by another process. Wait until it has finished, then try again."
        case .diskFull(let path):
            "The disk that holds the registry \(path) is full. What was registered before is kept; make room and try again."
        case .removedButLogged(let path):
            "It was removed, but another process is reading the registry \(path): until that one ends, the removed hashes can still stand in its log (\(path)-wal)."
        case .damaged(let path, let detail):
            "The registry \(path) is damaged (\(detail)). Restore it from a backup."
        case .unusable(let path, let detail): "The registry \(path) can't be opened: \(detail)."
        case .unknownCase(let name): "There is no case \"\(name)\" in the registry."
        case .unknownPlace(let place):
            "The case has no finding \"\(place)\". `ansim case show` lists them; their numbers work here as their URLs and paths do. Nothing was changed."
        case .inFuture(let time): "\(time) is in the future. Nothing was changed."
        case .beforeFound(let finding, let time, let found):
            "Finding \(finding) was first found at \(found), after \(time). Nothing was changed."
        case .empty(let path):
            "The registry \(path) is empty: somebody or something emptied it. Restore it from a backup; to begin a new one, delete the file first."
        case .readOnly(let path):
            "The registry \(path) may only be read, and this command writes to it. Make the file and its folder writable, or use a copy of it (--registry)."
        case .unknownReference(let id): "There is no reference \(id) in the registry."
        }
    }

    /// What SQLite said, in the user's terms.
    init(_ error: any Error, path: String) {
        if let error = error as? RegistryError {
            self = error
            return
        }
        switch DatabaseFault(error) {
        case .locked: self = .locked(path: path)
        case .diskFull: self = .diskFull(path: path)
        case .readOnly: self = .readOnly(path: path)
        case .otherKind: self = .notARegistry(path: path)
        case .damaged(let detail): self = .damaged(path: path, detail: detail)
        case .unusable(let detail): self = .unusable(path: path, detail: detail)
        }
    }
}
