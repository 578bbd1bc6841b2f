import ArgumentParser
import Foundation
import Glibc
import MediaModel
import MediaSources

/// Paths as the user gave them.
struct PathArguments: ParsableArguments {
    @Argument(help: "Files and folders; after -- also those whose names start with a dash.", completion: .file())
    var paths: [String]

    @Flag(help: "Follow symbolic links to folders outside of the given paths, too.")
    var followLinksOut = false

    /// What is under the paths.
    func walk(_ paths: [[UInt8]], excluding files: [[UInt8]] = []) -> FolderWalk {
        FolderWalk(paths, excluding: files, followsLinksOut: followLinksOut)
    }

    /// The bytes of each path. - Throws: when one does not exist.
    func checked() throws -> [[UInt8]] { try Self.checked(paths) }

    /// The bytes of each path. - Throws: when one does not exist.
    static func checked(_ paths: [String]) throws -> [[UInt8]] {
        try exact(paths).map { bytes in
            guard !bytes.isEmpty else { throw RunFailure("One of the paths is empty.") }
            guard let error = FileStatus.error(of: bytes) else { return bytes }
            let shown = Provenance(path: bytes).printablePath
            throw RunFailure(
                error == ENOENT
                    ? "There is no file or folder at \(shown)."
                    : "\(shown) can't be looked at: \(String(cString: strerror(error))).")
        }
    }

    /// The bytes of arguments, in the order in which they were given.
    static func exact(_ arguments: [String]) -> [[UInt8]] {
        // Swift repairs arguments that are not UTF-8, so they are taken from the process itself.
        var exact = CommandLine.exactArguments.dropFirst()
        return arguments.map { argument in
            let place = exact.firstIndex { String(decoding: $0, as: UTF8.self).utf8.elementsEqual(argument.utf8) }
            guard let place else { return Array(argument.utf8) }
            defer { exact = exact[(place + 1)...] }
            return exact[place]
        }
    }

    /// The absolute path of one that is meant from `folder`, without `.` and `..`: the same place has the same name,
    /// whoever writes it. Links are not followed, because what they lead to may be gone.
    static func absolute(_ path: [UInt8], in folder: [UInt8]?) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        guard path.first == slash || folder != nil else { return path }
        var parts: [ArraySlice<UInt8>] = []
        for part in (path.first == slash ? path : folder! + [slash] + path).split(separator: slash)
        where !part.elementsEqual(".".utf8) {
            if part.elementsEqual("..".utf8) { _ = parts.popLast() } else { parts.append(part) }
        }
        return [slash] + parts.joined(separator: [slash])
    }

    static var workingFolder: [UInt8]? {
        guard let folder = getcwd(nil, 0) else { return nil }
        defer { free(folder) }
        return Array(UnsafeRawBufferPointer(start: folder, count: strlen(folder)))
    }

    /// `ansim scan *` in a folder with a file named "-h.jpg" must not print the help and scan nothing.
    static func refuseFilesThatLookLikeOptions() throws {
        for argument in CommandLine.exactArguments.dropFirst() {
            if argument.elementsEqual("--".utf8) { return }
            guard argument.first == UInt8(ascii: "-"), argument.count > 1, FileStatus.error(of: argument) == nil else {
                continue
            }
            let shown = Provenance(path: argument).printablePath
            throw ValidationError(
                "There is a file named \(shown), which looks like an option. Put -- before the paths, or write ./\(shown)."
            )
        }
    }
}

enum FileStatus {
    /// The errno of looking at a path; nil when something is there, be it a dangling link.
    static func error(of path: [UInt8]) -> Int32? {
        var info = stat()
        let status = (path + [0]).withUnsafeBytes {
            lstat($0.assumingMemoryBound(to: CChar.self).baseAddress!, &info)
        }
        return status == 0 ? nil : errno
    }

    /// Whether two paths lead to one file, be it there yet or not.
    static func areSame(_ one: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        if stat(one, &first) == 0, stat(other, &second) == 0 {
            return first.st_dev == second.st_dev && first.st_ino == second.st_ino
        }
        func resolved(_ path: String) -> URL {
            let url = URL(filePath: path).absoluteURL
            return url.deletingLastPathComponent().resolvingSymlinksInPath().appending(path: url.lastPathComponent)
        }
        return resolved(one).path == resolved(other).path
    }
}

extension CommandLine {
    /// The arguments' bytes.
    static var exactArguments: [[UInt8]] {
        (0..<Int(argc)).compactMap { i in
            unsafeArgv[i].map { argument in
                Array(UnsafeRawBufferPointer(start: argument, count: strlen(argument)))
            }
        }
    }
}
