import CKernels
import HashIndex
import MediaModel
import TestSupport
import Testing

@Suite struct FileOfDetails {
    private static let stamp = IndexStamp(registry: [UInt8](repeating: 3, count: 16), generation: 4)

    private static func picture(_ number: Int) -> StoredPicture {
        StoredPicture(
            reference: ReferenceID(rawValue: Int64(number)), check: Int64(number) * 7,
            quality: Quality(rawValue: 90))
    }
    private static func details(_ number: Int) -> PictureDetails {
        MadeUpDetails.picture(number, crops: 20, features: 60)
    }

    private static func bytes(_ numbers: [Int]) throws -> [UInt8] {
        var builder = DetailsFileBuilder()
        for number in numbers { builder.add(details(number), of: picture(number)) }
        return try builder.bytes(stamp: stamp)
    }

    private static func stored(_ bytes: [UInt8], without gone: Set<Int> = []) throws -> StoredDetails {
        let file = try DetailsFile(bytes: bytes)
        let pictures = try file.pictures()
        return StoredDetails(
            file: file, pictures: pictures, isLeftOut: pictures.map { gone.contains(Int($0.reference.rawValue)) },
            fetch: { details(Int($0.reference.rawValue)) }, recover: { throw $0 })
    }

    /// Names of pictures, by their numbers in the file.
    private func names(_ stored: StoredDetails, _ numbers: [Int]) -> [Int] {
        numbers.map { Int(stored.pictures[$0].reference.rawValue) }
    }

    @Test func findsPicturesByCropsThatAreNear() throws {
        let stored = try Self.stored(Self.bytes(Array(1...300)))
        var random = SeededGenerator(seed: 1)
        var found = 0
        for number in 1...300 {
            // As a crop is found: by one that is near and by others that are less so.
            let crops = Self.details(number).hashes
            let shown = [(0, 12), (1, 25), (2, 25)].map { MadeUpDetails.noisy(crops[$0].hash, $1, &random) }
            let near = names(stored, stored.pictures(nearCrops: shown))
            if near.first == number { found += 1 }
            #expect(near.count <= 2, "strangers are not near")
        }
        #expect(found >= 294)
    }

    @Test func findsNoPicturesByStrangers() throws {
        let stored = try Self.stored(Self.bytes(Array(1...300)))
        let near = (301...400).map { stored.pictures(nearCrops: Self.details($0).hashes.map(\.hash)).count }
        #expect(near.reduce(0, +) <= 3)
        #expect(stored.features(near: Self.details(301).features.map(\.descriptor)).isEmpty)
    }

    @Test func findsFeaturesThatAreNear() throws {
        let stored = try Self.stored(Self.bytes(Array(1...300)))
        var random = SeededGenerator(seed: 2)
        var (asked, found) = (0, 0)
        for number in 1...300 {
            let details = Self.details(number)
            let shown = details.features.map { MadeUpDetails.noisy($0.descriptor, 14, &random) }
            let hits = stored.features(near: shown)
            #expect(hits.allSatisfy { stored.pictures[$0.number].reference.rawValue == number })
            for (query, feature) in stored.features(of: hits, in: details) {
                #expect(feature == details.features[query])
            }
            for hit in hits {
                let turn = Int16(bitPattern: hit.angle &- details.features[hit.query].angle)
                #expect(abs(Int(turn)) <= 1024)
                let size = Double(hit.radius) / Double(details.features[hit.query].radius)
                #expect((0.8...1.25).contains(size))
            }
            (asked, found) = (asked + shown.count, found + hits.count)
        }
        #expect(Double(found) > 0.85 * Double(asked))
    }

    @Test func leavesOutWhatIsGone() throws {
        let stored = try Self.stored(Self.bytes(Array(1...20)), without: [7])
        #expect(stored.pictures(nearCrops: Self.details(7).hashes.map(\.hash)).isEmpty)
        #expect(stored.features(near: Self.details(7).features.map(\.descriptor)).isEmpty)
        #expect(stored.number(ofPicture: ReferenceID(rawValue: 7)) == nil)
        #expect(stored.number(ofPicture: ReferenceID(rawValue: 8)) == 7)
        #expect(names(stored, stored.pictures(nearCrops: Self.details(8).hashes.map(\.hash))) == [8])
    }

    @Test func isTheSameTakenOverAndMadeAnew() throws {
        let old = try DetailsFile(bytes: Self.bytes(Array(1...200)))
        try old.checkAll()
        let wanted = (1...220).filter { $0 % 9 != 0 }
        var builder = DetailsFileBuilder()
        var numbers = [Int32](repeating: -1, count: 200)
        for number in wanted {
            if number <= 200 {
                numbers[number - 1] = Int32(builder.append(Self.picture(number)))
            } else {
                builder.add(Self.details(number), of: Self.picture(number))
            }
        }
        builder.takeOver(old, numbers)
        let isComplete = builder.isComplete
        #expect(isComplete)
        #expect(try builder.bytes(stamp: Self.stamp) == Self.bytes(wanted))
    }

    @Test func holdsNothing() throws {
        let stored = try Self.stored(Self.bytes([]))
        #expect(stored.pictures.isEmpty && stored.pictures(nearCrops: [.zero]).isEmpty)
        #expect(stored.features(near: [.zero]).isEmpty && stored.failure == nil)
    }

    /// Whatever bit changes: it is noticed, and nothing else is found.
    @Test func noticesFlippedBits() throws {
        let bytes = try Self.bytes(Array(1...40))
        let sound = try Self.stored(bytes)
        let queries = (1...40).map { Self.details($0).hashes[3].hash }
        let descriptors = (1...40).map { Self.details($0).features[5].descriptor }
        let expected = (
            sound.pictures(nearCrops: queries), sound.features(near: descriptors).map { [$0.query, $0.number] }
        )
        var random = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            var damaged = bytes
            let at = Int(random.next() % UInt64(bytes.count))
            damaged[at] ^= 1 << UInt8(random.next() % 8)
            #expect(throws: IndexFileError.self, "byte \(at)") { try DetailsFile(bytes: damaged).checkAll() }
            guard let stored = try? Self.stored(damaged) else { continue }
            let (crops, features) = (stored.pictures(nearCrops: queries), stored.features(near: descriptors))
            guard stored.failure == nil else { continue }
            #expect(crops == expected.0 && features.map { [$0.query, $0.number] } == expected.1)
        }
        for count in [0, 1, 8, 4095, 4096, 4097, bytes.count - 4096, bytes.count - 1] {
            #expect(throws: IndexFileError.self) { try DetailsFile(bytes: Array(bytes[..<count])) }
        }
    }

    @Test func isScannedAlikeByEveryLevel() throws {
        var random = SeededGenerator(seed: 4)
        let postings = (0..<4000).map { _ in random.next() & random.next() }
        let signature = [random.next() & random.next(), random.next() & random.next()]
        let runs = (0..<40).map { (run: UInt32) -> ck_run in
            ck_run(from: 45 * run, end: 46 * run, flips: run % 3, room: 20 + run)
        }
        let mask: UInt64 = 1 << 40 - 1
        func found(_ level: ck_level, words: Int) -> [[UInt32]]? {
            guard let table = Kernels(level: level)?.table.pointee else { return nil }
            var near = [ck_near](repeating: ck_near(), count: 4000)
            let count =
                words == 1
                ? table.scan_postings(postings, runs, runs.count, signature[0], mask, &near, near.count)
                : table.scan_wide_postings(postings, runs, runs.count, signature, mask, &near, near.count)
            return near[..<count].map { [$0.position, $0.distance] }
        }
        for words in [1, 2] {
            var expected: [[UInt32]] = []
            for run in runs {
                for at in run.from..<run.end {
                    var distance = ((postings[words * Int(at)] ^ signature[0]) & mask).nonzeroBitCount
                    if words == 2 { distance += (postings[2 * Int(at) + 1] ^ signature[1]).nonzeroBitCount }
                    if distance <= run.room { expected.append([at, UInt32(distance) + run.flips]) }
                }
            }
            #expect(!expected.isEmpty)
            for level in [ck_level.CK_PORTABLE, .CK_POPCNT, .CK_AVX2, .CK_AVX512, .CK_NEON] {
                guard let own = found(level, words: words) else { continue }
                #expect(own == expected, "level \(level.rawValue), \(words) words")
            }
        }
    }
}
