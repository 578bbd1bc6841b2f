import Foundation
import HashIndex
import MediaModel
import Registry
import TestSupport
import Testing

/// A registry with so many pictures that their details are searched in a file.
@Suite struct RegistryDetailsFile {
    private let folder = TemporaryFolder()
    private let registry: Registry
    private let first = CaseID(rawValue: "first")!
    private let second = CaseID(rawValue: "second")!
    private let notices = Notices()

    /// Numbers 1 to 520.
    init() throws {
        registry = try Registry(path: folder.path + "/registry.sqlite", access: .makingIfMissing)
        _ = try registry.add((1...520).map { Self.reference($0) }, to: first)
    }

    private static func details(_ number: Int) -> PictureDetails {
        MadeUpDetails.picture(number, crops: 4, features: 12)
    }

    private static func reference(_ number: Int, quality: Int = 90) -> NewReference {
        var random = SeededGenerator(seed: UInt64(number))
        var reference = NewReference.madeUp(
            number, quality: quality,
            hashes: [OrientedHash(orientation: .orig, hash: MadeUpDetails.hash(&random))])
        (reference.details, reference.kept) = (details(number), .full)
        return reference
    }

    private func searchable(_ gate: Quality = .usualGate, caseID: CaseID? = nil) throws -> Registry.SearchableDetails {
        let notices = notices
        return try Registry(path: registry.path, access: .reading).searchable(
            radius: 34, qualityGate: gate, caseID: caseID, depth: .full
        ) { notices.add($0) }.details
    }

    /// Which of these references the file leads to, by crops and by features.
    private func found(_ numbers: [Int], in stored: StoredDetails?) -> [Int] {
        guard let stored else { return [] }
        return numbers.filter { number in
            let details = Self.details(number)
            let near = stored.pictures(nearCrops: details.hashes.map(\.hash))
            let hits = stored.features(near: details.features.map(\.descriptor))
            return near.contains {
                stored.pictures[$0].reference.rawValue == Int64(number) && stored.details($0) == details
            }
                && hits.contains { stored.pictures[$0.number].reference.rawValue == Int64(number) }
        }
    }

    private var file: DetailsFile { get throws { try DetailsFile(path: registry.detailsPath) } }

    @Test func isMadeByTheFirstScanAndUsedByTheNext() throws {
        #expect(throws: IndexFileError.missing) { try file }
        for _ in 0..<2 {
            let details = try searchable()
            #expect(details.pictures.isEmpty && found([1, 260, 520], in: details.stored) == [1, 260, 520])
        }
        #expect(try file.count == 520 && registry.updateDetails(waits: true) == .current && notices.all.isEmpty)
    }

    @Test func holdsForAdditionsAndRemovalsAtOnce() throws {
        _ = try searchable()
        _ = try registry.add([Self.reference(601)], to: second)
        try registry.remove(references: [ReferenceID(rawValue: 7)])
        let now = try searchable()
        #expect(now.pictures.map(\.details) == [Self.details(601)])
        #expect(found([6, 7, 8], in: now.stored) == [6, 8])
        #expect(try file.count == 520)
    }

    @Test func forgetsWhatIsRemovedDuringAScan() throws {
        let stored = try #require(try searchable().stored)
        try registry.remove(references: [ReferenceID(rawValue: 9)])
        #expect(found([9], in: stored).isEmpty && stored.failure == nil)
    }

    @Test func keepsWhatIsImprovedDuringAScan() throws {
        var plain = Self.reference(601)
        plain.kept = .regions
        plain.details.features = []
        _ = try registry.add([plain], to: first)
        let stored = try #require(try searchable().stored)
        let number = try #require(stored.number(ofPicture: ReferenceID(rawValue: 521)))
        _ = try registry.add([Self.reference(601)], to: first)
        #expect(stored.details(number) == Self.details(601))
    }

    @Test func isMadeAnewWhenMuchWasAdded() throws {
        _ = try searchable()
        _ = try registry.add((1001...1256).map { Self.reference($0) }, to: first)
        #expect(try registry.updateDetails(waits: true) == .current)
        _ = try registry.add([Self.reference(1257)], to: first)
        #expect(try registry.updateDetails(waits: true) == .built(777))
    }

    @Test func isNotNeededForASmallCase() throws {
        _ = try registry.add([Self.reference(601)], to: second)
        _ = try searchable()
        let details = try searchable(caseID: second)
        #expect(details.stored == nil && details.pictures.map(\.details) == [Self.details(601)])
    }

    @Test func keepsToTheQuality() throws {
        _ = try registry.add([Self.reference(602, quality: 60)], to: first)
        // Number 602 has id 521.
        #expect(try searchable().stored?.number(ofPicture: ReferenceID(rawValue: 521)) != nil)
        #expect(try searchable(Quality(rawValue: 80)).stored?.number(ofPicture: ReferenceID(rawValue: 521)) == nil)
    }

    @Test func isTheSameWhicheverWayItIsMade() throws {
        #expect(try registry.updateDetails(waits: true) == .built(520))
        _ = try registry.add((700...720).map { Self.reference($0) }, to: second)
        try registry.remove(references: [1, 10, 200].map { ReferenceID(rawValue: $0) })
        #expect(try registry.compact(shrinks: false).details == .built(538))
        let takenOver = try Data(contentsOf: URL(filePath: registry.detailsPath))
        #expect(try registry.compact(shrinks: false).details == .current)
        #expect(try registry.compact(shrinks: true).details == .built(538))
        #expect(try Data(contentsOf: URL(filePath: registry.detailsPath)) == takenOver)
        _ = try registry.remove(caseID: first)
        #expect(try registry.compact(shrinks: false).details == .unneeded)
        #expect(throws: IndexFileError.missing) { try file }
    }

    /// Whichever part is damaged, and whenever: nothing wrong is found, and it is made anew.
    @Test(arguments: [0.0, 0.3, 0.6, 0.999], [false, true])
    func recoversFromDamage(place: Double, isOpen: Bool) throws {
        _ = try searchable()
        let url = URL(filePath: registry.detailsPath)
        let sound = try Data(contentsOf: url)
        // A new file in its place: what is open stays as it is.
        func damage(_ file: FileHandle) throws {
            for block in stride(from: Int(place * Double(sound.count)) & ~4095, to: sound.count, by: 4096).prefix(12) {
                try file.seek(toOffset: UInt64(block + 100))
                try file.write(contentsOf: [sound[block + 100] ^ 1])
            }
        }
        let opened = isOpen ? try searchable().stored : nil
        let handle = try FileHandle(forUpdating: url)
        try damage(handle)
        try handle.close()
        #expect(try registry.problems().isEmpty && registry.indexProblems().count == 1)
        let stored = try opened ?? searchable().stored
        #expect(found([1, 200, 399, 520], in: stored) == [1, 200, 399, 520])
        #expect(stored?.failure == nil)
        // Some blocks are never read by this search.
        _ = try registry.compact(shrinks: true)
        #expect(try registry.indexProblems().isEmpty && Data(contentsOf: url) == sound)
    }

    /// The registry is no longer what the file was made of: numbers keep their meaning, what is gone is not found.
    @Test func recoversFromDamageAfterChanges() throws {
        let opened = try #require(try searchable().stored)
        _ = try registry.add([Self.reference(601)], to: second)
        try registry.remove(references: [7, 200].map { ReferenceID(rawValue: $0) })
        let handle = try FileHandle(forUpdating: URL(filePath: registry.detailsPath))
        let size = try handle.seekToEnd()
        for block in stride(from: UInt64(8192), to: size - 16_384, by: 4096) {
            try handle.seek(toOffset: block + 40)
            try handle.write(contentsOf: [0xA5, 0x5A, 0xA5])
        }
        try handle.close()
        #expect(found([1, 7, 199, 200, 201, 520, 601], in: opened) == [1, 199, 201, 520])
        #expect(opened.failure == nil && !notices.all.isEmpty)
    }

    @Test func isNotMadeForASearchOfWholePictures() throws {
        _ = try Registry(path: registry.path, access: .reading).searchable(
            radius: 34, qualityGate: .usualGate, depth: .quick
        ) { _ in }
        #expect(throws: IndexFileError.missing) { try file }
        // Nor by a removal.
        try registry.remove(references: [ReferenceID(rawValue: 7)])
        #expect(try registry.compact(shrinks: false).details == .unneeded)
        #expect(throws: IndexFileError.missing) { try file }
    }

    @Test func isMadeForALargeCaseToo() throws {
        #expect(try searchable(caseID: first).stored != nil)
        #expect(try file.count == 520)
    }

    @Test func readsIntoMemoryWhatHasToBeExact() throws {
        let details = try Registry(path: registry.path, access: .reading).searchable(
            radius: 34, qualityGate: .usualGate, depth: .full, detailsInMemory: 1000
        ) { _ in }.details
        #expect(details.stored == nil && details.pictures.count == 520)
        #expect(throws: IndexFileError.missing) { try file }
    }

    @Test func worksWithoutAFileWhereNoneCanBeMade() throws {
        let lock = try #require(IndexFileLock(path: registry.detailsPath, waits: true))
        #expect(try registry.updateDetails(waits: false) == .busy)
        let details = try searchable()
        #expect(details.stored == nil && details.pictures.count == 520)
        withExtendedLifetime(lock) {}
    }
}
