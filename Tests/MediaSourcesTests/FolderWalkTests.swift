import Foundation
import MediaModel
import MediaSources
import TestSupport
import Testing

@Suite struct FolderWalkBehaviour {
    private let folder = TemporaryFolder()

    private func walk(_ paths: [String]) -> [SourceItem] {
        Array(IteratorSequence(FolderWalk(paths.map { Array($0.utf8) })))
    }

    /// Paths below the folder.
    private func names(_ items: [SourceItem]) -> [String] {
        items.map { String($0.provenance.displayPath.dropFirst(folder.path.count + 1)) }
    }

    @Test func goesThroughNamesInByteOrder() throws {
        for name in ["b/2", "b/1", "a", "B", "b-", "고양이/사진.jpg", "b/c/d"] { try folder.write(Data(), to: name) }
        #expect(names(walk([folder.path])) == ["B", "a", "b/1", "b/2", "b/c/d", "b-", "고양이/사진.jpg"])
        #expect(walk([folder.path]).allSatisfy { $0.failure == nil })
    }

    @Test func keepsNamesThatAreNotUTF8() throws {
        let name: [UInt8] = Array((folder.path + "/").utf8) + [0x61, 0xFF, 0xFE]
        let descriptor = (name + [0]).withUnsafeBytes {
            open($0.assumingMemoryBound(to: CChar.self).baseAddress!, O_CREAT | O_WRONLY, 0o600)
        }
        try #require(descriptor >= 0)
        close(descriptor)
        #expect(walk([folder.path]).map(\.provenance.path) == [name])
    }

    @Test func takesFilesAndFoldersAsGiven() throws {
        try folder.write(Data(), to: "x/1")
        try folder.write(Data(), to: "a")
        #expect(names(walk([folder.path + "/x", folder.path + "/a"])) == ["x/1", "a"])
        #expect(names(walk([folder.path + "/x/"])) == ["x/1"])
        #expect(walk([]).isEmpty)
    }

    @Test func endsWhereLinksLoop() throws {
        try folder.write(Data(), to: "a/1")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/a/up", withDestinationPath: "..")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/a/self", withDestinationPath: "self")
        let items = walk([folder.path])
        #expect(names(items) == ["a/1", "a/self"])
        #expect(items.map(\.failure?.reason) == [nil, .brokenLink])
    }

    @Test func entersAFolderOnceHoweverManyLinksLeadThere() throws {
        try folder.write(Data(), to: "z/1")
        let outside = TemporaryFolder()
        try outside.write(Data(), to: "2")
        for name in ["l1", "l2"] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/" + name, withDestinationPath: outside.path)
            try FileManager.default.createSymbolicLink(atPath: folder.path + "/to-z-" + name, withDestinationPath: "z")
        }
        let items = walk([folder.path])
        #expect(names(items) == ["l1", "l2", "z/1"])
        #expect(items.map(\.failure?.reason) == [.linkLeadsOut, .linkLeadsOut, nil])
        let all = FolderWalk([Array(folder.path.utf8)], followsLinksOut: true)
        #expect(names(Array(IteratorSequence(all))) == ["z/1", "l1/2"])
    }

    @Test func followsLinksToFilesAndNamesBrokenOnes() throws {
        try folder.write(Data(), to: "real")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "real")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/lost", withDestinationPath: "nowhere")
        let items = walk([folder.path])
        #expect(names(items) == ["link", "lost", "real"])
        #expect(items.map(\.failure?.reason) == [nil, .brokenLink, nil])
    }

    @Test func namesWhatIsNoFile() throws {
        try #require(mkfifo(folder.path + "/pipe", 0o600) == 0)
        #expect(walk([folder.path]).map(\.failure?.reason) == [.notAFile])
        #expect(walk(["/dev/null"]).map(\.failure?.reason) == [.notAFile])
        #expect(walk([folder.path + "/gone"]).map(\.failure?.reason) == [.unreadable])
    }

    /// Names are held some at a time; every one comes once, in order, whatever the number.
    @Test(arguments: [0, 1, 9, 10, 11, 19, 20, 21, 95]) func readsLargeFoldersInPieces(count: Int) throws {
        let expected = (0..<count).map { "f\($0 * 7919 % 1000)" }.sorted()
        for name in expected { try folder.write(Data(), to: name) }
        var names = SortedNames(of: Array(folder.path.utf8), chunk: 10)
        var found: [String] = []
        while let entry = try names.next() { found.append(String(decoding: entry.name, as: UTF8.self)) }
        #expect(found == expected)
    }

    /// Paths that no call takes: what lies there is said to be unreadable, and the walk goes on.
    @Test func survivesADeepTree() throws {
        var folderDescriptor = open(folder.path, O_RDONLY)
        for _ in 0..<600 {
            try #require(mkdirat(folderDescriptor, "dddddddd", 0o700) == 0)
            let next = openat(folderDescriptor, "dddddddd", O_RDONLY)
            close(folderDescriptor)
            folderDescriptor = next
        }
        close(folderDescriptor)
        try folder.write(Data(), to: "z")
        let items = walk([folder.path])
        #expect(items.map(\.failure?.reason) == [.unreadable, nil])
        #expect(items[0].failure?.detail.contains("too long") == true)
        #expect(items[0].failure?.detail.contains("nothing in it was looked at") == true)
    }

    @Test func takesAHundredThousandFilesInOneFolder() throws {
        let many = folder.appending("many")
        try FileManager.default.createDirectory(at: many, withIntermediateDirectories: false)
        for number in 0..<100_000 {
            let descriptor = open(many.path + "/\(number * 7919 % 100_003)", O_CREAT | O_WRONLY, 0o600)
            try #require(descriptor >= 0)
            close(descriptor)
        }
        var walk = FolderWalk([Array(many.path.utf8)])
        var (count, last): (Int, [UInt8]) = (0, [])
        while let item = walk.next() {
            #expect(last.lexicographicallyPrecedes(item.provenance.path))
            last = item.provenance.path
            count += 1
        }
        #expect(count == 100_000)
    }
}
