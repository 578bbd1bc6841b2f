import Glibc
import MediaModel

/// The files under some paths, in a fixed order: paths as given, names in byte order,
/// folders where their name stands.
///
/// Symbolic links to files are followed. So are those to folders, unless they lead out of what
/// was given: a crawl that holds a link to / must not become a scan of the disk. A folder is entered
/// once, however many links lead to it, so loops end; folders that only links lead to come after everything else.
/// A sidecar (`Sidecar`) beside its media is no item. What can't be opened is an item with a reason. Memory does not grow with the number of files.
public struct FolderWalk: Sequence, IteratorProtocol {
    private struct Folder {
        let path: [UInt8]
        var names: SortedNames
    }

    private var roots: ArraySlice<[UInt8]>
    private var open: [Folder] = []
    private var linkedFolders: [[UInt8]] = []
    private var entered: Set<FileSystem.Identity> = []
    private let excluded: Set<FileSystem.Identity>
    /// The given folders without links; nil when links may lead anywhere.
    private let bounds: [[UInt8]]?

    /// - Parameters:
    ///   - paths: files and folders.
    ///   - excluding: files that are no items, wherever they are come upon: the run's own.
    ///   - followsLinksOut: whether links may lead to folders outside of `paths`.
    public init(_ paths: [[UInt8]], excluding files: [[UInt8]] = [], followsLinksOut: Bool = false) {
        roots = paths[...]
        bounds = followsLinksOut ? nil : paths.compactMap { FileSystem.resolved($0) }
        excluded = Set(files.compactMap { try? FileSystem.status($0) }.filter { $0.kind == .file }.map(\.identity))
    }

    public mutating func next() -> SourceItem? {
        while true {
            if !open.isEmpty {
                if let item = nextInFolder() { return item }
            } else if let root = roots.popFirst() {
                if let item = visit(root, isFile: false, isRoot: true) { return item }
            } else if !linkedFolders.isEmpty {
                if let item = enter(linkedFolders.removeFirst()) { return item }
            } else {
                return nil
            }
        }
    }

    private mutating func nextInFolder() -> SourceItem? {
        let folder = open[open.count - 1].path
        do throws(SystemError) {
            guard let entry = try open[open.count - 1].names.next() else {
                open.removeLast()
                return nil
            }
            let separator: [UInt8] = folder.last == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]
            let path = folder + separator + entry.name
            if Sidecar.isNamedLikeSidecar(entry.name), Sidecar.isSidecar(path) { return nil }
            return visit(
                path, isFile: entry.isFile, isRoot: false, mayHaveSidecar: open[open.count - 1].names.hasSidecars)
        } catch {
            open.removeLast()
            return unreadable(folder, "the folder can't be listed: \(error.text)")
        }
    }

    /// An item, or nil when a folder was entered or put off.
    private mutating func visit(
        _ path: [UInt8], isFile: Bool, isRoot: Bool, mayHaveSidecar: Bool = true
    ) -> SourceItem? {
        let file = SourceItem(provenance: Provenance(path: path), mayHaveSidecar: mayHaveSidecar)
        if isFile, excluded.isEmpty { return file }
        do throws(SystemError) {
            let status = try FileSystem.status(path)
            switch status.kind {
            case .file where excluded.contains(status.identity): return nil
            case .file: return file
            case .folder:
                if !isRoot, FileSystem.isLink(path) {
                    guard isInside(path) else {
                        return SourceItem(
                            provenance: Provenance(path: path),
                            failure: ItemFailure(
                                .undecodable, .linkLeadsOut, "a symbolic link to a folder outside of what is scanned"))
                    }
                    linkedFolders.append(path)
                    return nil
                }
                return enter(path)
            case .other:
                return SourceItem(
                    provenance: Provenance(path: path),
                    failure: ItemFailure(.undecodable, .notAFile, "a device, a pipe or a socket"))
            }
        } catch {
            if FileSystem.isLink(path), error.code == ENOENT || error.code == ELOOP {
                return SourceItem(
                    provenance: Provenance(path: path),
                    failure: ItemFailure(.undecodable, .brokenLink, "a symbolic link that leads nowhere"))
            }
            if error.code == ENAMETOOLONG, !isFile {
                return unreadable(path, "the path is too long; if it is a folder's, nothing in it was looked at")
            }
            return unreadable(path, error.text)
        }
    }

    private func isInside(_ path: [UInt8]) -> Bool {
        guard let bounds else { return true }
        guard let target = FileSystem.resolved(path) else { return false }
        return bounds.contains { bound in
            target.starts(with: bound)
                && (target.count == bound.count || bound.last == UInt8(ascii: "/")
                    || target[bound.count] == UInt8(ascii: "/"))
        }
    }

    private mutating func enter(_ path: [UInt8]) -> SourceItem? {
        do throws(SystemError) {
            guard entered.insert(try FileSystem.status(path).identity).inserted else { return nil }
            open.append(Folder(path: path, names: SortedNames(of: path)))
            return nil
        } catch {
            return unreadable(path, error.text)
        }
    }

    private func unreadable(_ path: [UInt8], _ detail: String) -> SourceItem {
        SourceItem(
            provenance: Provenance(path: path), failure: ItemFailure(.undecodable, .unreadable, detail))
    }
}
