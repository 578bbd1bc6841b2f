import Foundation
import GRDB
import HashIndex
import MediaModel
import Registry
import TestSupport
import Testing

/// A registry that is large enough for an index file.
@Suite struct RegistryIndexFile {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/registry.sqlite" }
    private let registry: Registry
    private let first = CaseID(rawValue: "first")!
    private let second = CaseID(rawValue: "second")!
    private let notices = Notices()

    /// Numbers 1 to 400, of 16 hashes each; every tenth a video of two frames.
    init() throws {
        registry = try Registry(path: folder.path + "/registry.sqlite", access: .makingIfMissing)
        _ = try registry.add((1...400).map { Self.reference($0) }, to: first)
    }

    private static func reference(_ number: Int, quality: Int = 90) -> NewReference {
        let hashes = (0..<16).map { entry -> OrientedHash in
            OrientedHash(orientation: Dihedral.allCases[entry % 8], hash: hash(number, entry))
        }
        let isVideo = number % 10 == 0
        var reference = NewReference.madeUp(
            number, format: isVideo ? .video : .jpeg, quality: quality, hashes: isVideo ? [] : hashes)
        guard isVideo else { return reference }
        reference.duration = 1000
        reference.frames = HashedFrames(
            [0, 1].map { frame -> HashedFrame in
                let turned = Array(hashes[8 * frame..<8 * frame + 8])
                let feature = Feature(hash: turned[0].hash, quality: Quality(rawValue: quality), isDegenerate: false)
                return HashedFrame(
                    time: FrameFeature(milliseconds: Int32(500 * frame), feature: feature), hashes: turned)
            })
        return reference
    }

    /// Far from all others.
    private static func hash(_ number: Int, _ entry: Int) -> Hash256 {
        var random = SeededGenerator(seed: UInt64(number * 1000 + entry))
        return Hash256(random.next(), random.next(), random.next(), random.next())
    }

    private func searchable(
        _ gate: Quality = .usualGate, caseID: CaseID? = nil, in registry: Registry? = nil
    ) throws -> Registry.Searchable {
        let notices = notices
        return try (registry ?? Registry(path: path, access: .reading)).searchable(
            radius: 34, qualityGate: gate, caseID: caseID
        ) { notices.add($0) }
    }

    /// Which of these numbers is found by each of its hashes.
    private func found(_ numbers: [Int], in searchable: Registry.Searchable) -> [Int] {
        numbers.filter { number in
            (0..<16).allSatisfy { entry in
                searchable.index.search([Self.hash(number, entry)], radius: 31).contains {
                    $0.reference.rawValue == Int64(number) && $0.distance == 0
                }
            }
        }
    }

    private var file: IndexFile { get throws { try IndexFile(path: registry.indexPath) } }

    @Test func findsWhatAnIndexInMemoryFinds() throws {
        #expect(try registry.updateIndex(waits: true) == .built(6400))
        let searchable = try searchable()
        guard case .stored = searchable.index else {
            Issue.record("no file was used")
            return
        }
        let snapshot = try registry.snapshot(qualityGate: .usualGate)
        #expect(searchable.references == snapshot.references && searchable.references.count == 400)
        #expect(searchable.references[9].video?.frameTimes == [0, 500])
        let flat = FlatIndex(entries: snapshot.entries)
        let queries = (1...400).map { Self.hash($0, $0 % 16) }
        #expect(searchable.index.search(queries, radius: 31) == flat.search(queries, radius: 31))
        #expect(searchable.index.search(queries, radius: 100) == flat.search(queries, radius: 100))
        #expect(notices.all.isEmpty)
    }

    @Test func isMadeByTheFirstScanAndUsedByTheNext() throws {
        #expect(throws: IndexFileError.missing) { try file }
        #expect(try found([1, 400], in: searchable()) == [1, 400])
        let stamp = try file.stamp
        #expect(try registry.isCurrent(file.stamp))
        #expect(try found([1, 400], in: searchable()) == [1, 400])
        #expect(try file.stamp == stamp && registry.updateIndex(waits: true) == .current)
    }

    @Test func holdsForAdditionsAndRemovalsAtOnce() throws {
        _ = try searchable()
        let generation = try file.stamp.generation
        _ = try registry.add([Self.reference(401), Self.reference(410, quality: 60)], to: second)
        try registry.remove(references: [ReferenceID(rawValue: 7), ReferenceID(rawValue: 20)])
        #expect(try file.stamp.generation == generation && !registry.isCurrent(file.stamp))

        let now = try searchable()
        #expect(now.references.map(\.id.rawValue).contains(401) && !now.references.map(\.id.rawValue).contains(7))
        #expect(found([6, 7, 8, 20, 400, 401], in: now) == [6, 8, 400, 401])
        // Number 410 has id 402.
        let frame = now.index.search([Self.hash(410, 8)], radius: 31)
        #expect(frame.map(\.reference.rawValue) == [402] && frame.first?.milliseconds == 500)
        #expect(now.references.last?.video?.frameTimes == [0, 500])
        #expect(try searchable(Quality(rawValue: 80)).index.search([Self.hash(410, 8)], radius: 31).isEmpty)
        #expect(try searchable(Quality(rawValue: 95)).index.search([Self.hash(1, 0)], radius: 31).isEmpty)
        #expect(notices.all.isEmpty)
    }

    @Test func isMadeAnewWhenMuchWasAdded() throws {
        _ = try searchable()
        _ = try registry.add((1001...1256).map { Self.reference($0) }, to: first)
        #expect(try registry.updateIndex(waits: true) == .current)
        _ = try registry.add([Self.reference(1257)], to: first)
        #expect(try registry.updateIndex(waits: true) == .built(6400 + 257 * 16))
    }

    @Test func searchesACaseAlone() throws {
        _ = try registry.add((500...520).map { Self.reference($0) }, to: second)
        _ = try searchable()
        // Of a few hashes, in memory; of many, in the file.
        let few = try searchable(caseID: second)
        #expect(few.references.count == 21 && few.index.search([Self.hash(3, 0)], radius: 31).isEmpty)
        #expect(few.index.search([Self.hash(501, 0)], radius: 31).count == 1)
        let many = try searchable(caseID: first)
        guard case .stored = many.index else {
            Issue.record("no file was used")
            return
        }
        #expect(found([3], in: many) == [3] && many.index.search([Self.hash(501, 0)], radius: 31).isEmpty)
    }

    /// Neither what was removed nor what takes the same numbers afterwards may be taken for what the file holds.
    @Test func isNotTakenForARegistryThatWasRestored() throws {
        let backup = folder.path + "/backup.sqlite"
        _ = try registry.add([Self.reference(450)], to: first)
        try DatabaseQueue(path: path).backup(to: DatabaseQueue(path: backup))
        _ = try registry.add([Self.reference(451), Self.reference(452)], to: first)
        #expect(try registry.updateIndex(waits: true) == .built(403 * 16))

        let restored = try Registry(path: backup, access: .existing)
        try FileManager.default.copyItem(atPath: registry.indexPath, toPath: restored.indexPath)
        // Before it catches up: fewer changes than the file has seen, so that is made anew.
        #expect(try searchable(in: restored).references.count == 401)
        #expect(try IndexFile(path: restored.indexPath).count == 401 * 16)
        try FileManager.default.removeItem(atPath: restored.indexPath)
        try FileManager.default.copyItem(atPath: registry.indexPath, toPath: restored.indexPath)
        // Two changes later, with other references under the same numbers.
        _ = try restored.add([Self.reference(461)], to: first)
        _ = try restored.add([Self.reference(462)], to: first)
        let now = try searchable(in: restored)
        #expect(now.index.search([Self.hash(451, 0), Self.hash(452, 0)], radius: 31).isEmpty)
        #expect(
            now.index.search([Self.hash(461, 0), Self.hash(462, 0)], radius: 31).map(\.reference.rawValue) == [
                402, 403,
            ])
    }

    @Test func isNotTakenForAnotherRegistry() throws {
        _ = try searchable()
        let other = try Registry(path: folder.path + "/other.sqlite", access: .makingIfMissing)
        _ = try other.add((601...950).map { Self.reference($0) }, to: first)
        try FileManager.default.copyItem(atPath: registry.indexPath, toPath: other.indexPath)
        let searchable = try searchable(in: other)
        #expect(searchable.index.search([Self.hash(1, 0)], radius: 31).isEmpty)
        #expect(searchable.index.search([Self.hash(601, 0)], radius: 31).count == 1)
        #expect(try IndexFile(path: other.indexPath).count == 350 * 16)
    }

    /// Whichever part is damaged, nothing wrong is found, the user hears of it, and the next run has a sound one.
    @Test(arguments: ["header", "cut off", "codes", "bands", "marks", "references", "empty"])
    func recoversFromDamage(part: String) throws {
        #expect(try registry.updateIndex(waits: true) == .built(6400))
        let url = URL(filePath: registry.indexPath)
        var bytes = try [UInt8](Data(contentsOf: url))
        let codes = 4096 * (1 + (8 * (bytes.count / 4096) + 4095) / 4096)
        switch part {
        case "header": bytes[70] ^= 1
        case "cut off": bytes.removeLast(5000)
        case "codes": for at in stride(from: codes, to: codes + 32 * 6400, by: 4096) { bytes[at] ^= 1 }
        case "bands":
            for at in stride(from: codes + 32 * 6400 + 4096, to: bytes.count - 80_000, by: 4096) { bytes[at] ^= 1 }
        case "marks": for at in stride(from: bytes.count - 65_000, to: bytes.count, by: 4096) { bytes[at] ^= 1 }
        case "references": bytes[bytes.count - 4096] ^= 1
        default: bytes = []
        }
        try Data(bytes).write(to: url)
        #expect(try registry.problems().isEmpty && registry.indexProblems().count == 1)
        let searchable = try searchable()
        #expect(found([1, 200, 399, 400], in: searchable) == [1, 200, 399, 400])
        #expect(searchable.index.failure == nil)
        #expect(notices.all.count == 1 && notices.all[0].contains("index file"), "\(notices.all)")
        #expect(registry.indexProblems().isEmpty)
        #expect(try found([1], in: self.searchable()) == [1])
        #expect(notices.all.count == 1)
    }

    @Test func worksWithoutAFileWhereNoneCanBeMade() throws {
        let lock = try #require(IndexFileLock(path: registry.indexPath, waits: true))
        #expect(try registry.updateIndex(waits: false) == .busy)
        #expect(try found([5], in: searchable()) == [5])
        #expect(throws: IndexFileError.missing) { try file }
        withExtendedLifetime(lock) {}
    }

    @Test func leavesNothingOfWhatWasRemovedOnceItIsCompact() throws {
        _ = try searchable()
        let code = try file.entry(6 * 16).code  // of reference 7's first hash
        #expect(onDisk(code.bytes) && onDisk(Self.hash(7, 0).bytes))
        try Data(code.bytes).write(to: URL(filePath: registry.indexPath + ".draft"))  // as a killed builder leaves it
        try registry.remove(references: [ReferenceID(rawValue: 7)])
        #expect(onDisk(code.bytes) && !onDisk(Self.hash(7, 0).bytes))
        #expect(try registry.compact(shrinks: false).index == .built(399 * 16))
        #expect(!onDisk(code.bytes))
        #expect(try registry.compact(shrinks: true).index == .built(399 * 16))
        #expect(try found([6, 7, 8], in: searchable()) == [6, 8])

        // Too few for a file.
        _ = try registry.remove(caseID: first)
        #expect(try registry.compact(shrinks: true).index == .unneeded)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().allSatisfy {
                !$0.hasSuffix(".index")
            })
        #expect(
            try registry.problems().isEmpty && registry.indexProblems().isEmpty
                && registry.statistics().byteCount < 200_000)
    }

    /// However it came about, it is the same file: taken over, read anew, or after damage.
    @Test func isTheSameWhicheverWayItIsMade() throws {
        #expect(try registry.updateIndex(waits: true) == .built(6400))
        _ = try registry.add((700...720).map { Self.reference($0) }, to: second)
        try registry.remove(references: [1, 10, 200, 400, 405].map { ReferenceID(rawValue: $0) })
        func made(shrinks: Bool) throws -> Data {
            #expect(try registry.compact(shrinks: shrinks).index == .built(416 * 16))
            return try Data(contentsOf: URL(filePath: registry.indexPath))
        }
        let takenOver = try made(shrinks: false)
        #expect(try registry.compact(shrinks: false).index == .current)
        #expect(try made(shrinks: true) == takenOver)
        var damaged = takenOver
        damaged[damaged.count / 2] ^= 1
        try damaged.write(to: URL(filePath: registry.indexPath))
        #expect(try made(shrinks: false) == takenOver)
    }

    private func onDisk(_ bytes: [UInt8]) -> Bool {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.contains {
            FileManager.default.contents(atPath: folder.path + "/" + $0)?.range(of: Data(bytes)) != nil
        }
    }
}

final class Notices: @unchecked Sendable {
    private let lock = NSLock()
    private var texts: [String] = []
    func add(_ text: String) { lock.withLock { texts.append(text) } }
    var all: [String] { lock.withLock { texts } }
}
