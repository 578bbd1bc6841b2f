import HashIndex
import MediaModel
import TestSupport
import Testing

/// A damaged file is noticed before anything wrong is found, and never read outside of itself.
@Suite struct IndexFileDamage {
    private let world: World
    private let bytes: [UInt8]
    private let queries: [Hash256]
    private let expected: [IndexHit]

    init() {
        var random = SeededGenerator(seed: 11)
        var world = World(&random)
        world.add(300, &random)
        self.world = world
        bytes = world.bytes()
        queries = world.queries(12, &random)
        expected = FlatIndex(entries: world.entries(gate: .usualGate)).search(queries, radius: 31)
    }

    /// Whatever bit changes: an error, or the same as ever.
    @Test func noticesFlippedBits() throws {
        var random = SeededGenerator(seed: 12)
        var noticed = 0
        for number in 0..<600 {
            var damaged = bytes
            // A quarter in the header and the checksums, a quarter at the end, where entries and references are.
            let at =
                switch number % 4 {
                case 0: Int(random.next() % 16384)
                case 1: bytes.count - 1 - Int(random.next() % 32768)
                default: Int(random.next() % UInt64(bytes.count))
                }
            damaged[at] ^= 1 << UInt8(random.next() % 8)
            if try !isUnaffected(damaged) { noticed += 1 }
            #expect(throws: IndexFileError.self, "byte \(at)") { try IndexFile(bytes: damaged).checkAll() }
        }
        #expect(noticed > 150)
    }

    /// Blocks that were lost or exchanged are sound by themselves.
    @Test func noticesMovedAndLostBlocks() throws {
        var random = SeededGenerator(seed: 13)
        for _ in 0..<60 {
            let from = Int(random.next() % UInt64(bytes.count / 4096)) * 4096
            let to = Int(random.next() % UInt64(bytes.count / 4096)) * 4096
            var (moved, lost) = (bytes, bytes)
            moved.replaceSubrange(to..<to + 4096, with: bytes[from..<from + 4096])
            lost.replaceSubrange(from..<from + 4096, with: repeatElement(0, count: 4096))
            for damaged in [moved, lost] where damaged != bytes {
                _ = try isUnaffected(damaged)
                #expect(throws: IndexFileError.self) { try IndexFile(bytes: damaged).checkAll() }
            }
        }
    }

    @Test func noticesThatItIsCutOffOrLonger() {
        for count in [0, 1, 8, 4095, 4096, 4097, 8192, bytes.count / 2, bytes.count - 4096, bytes.count - 1] {
            #expect(throws: IndexFileError.self) { try IndexFile(bytes: Array(bytes[..<count])) }
        }
        #expect(throws: IndexFileError.self) { try IndexFile(bytes: bytes + [0]) }
        #expect(throws: IndexFileError.self) { try IndexFile(bytes: bytes + [UInt8](repeating: 0, count: 4096)) }
    }

    /// Numbers that lead out of the file stop the search though the checksums fit.
    @Test func neverFollowsNumbersOutOfTheFile() throws {
        var random = SeededGenerator(seed: 14)
        for number in 0..<300 {
            var forged = bytes
            var changed: [Int] = []
            for _ in 0..<1 + number % 4 {
                let at =
                    number % 5 == 0
                    ? bytes.count - 1 - Int(random.next() % 32768) : Int(random.next() % UInt64(bytes.count))
                forged[at] = [0xFF, 0x7F, 0, UInt8(random.next() % 256)][Int(random.next() % 4)]
                changed.append(at)
            }
            IndexFile.seal(&forged, changed: changed)
            _ = try? find(forged)
            _ = try? IndexFile(bytes: forged).checkAll()
        }
        for at in [64, 72, 80, 88] {  // the header's numbers
            for value in [0, 1, 0x7F, 0xFF] as [UInt8] {
                for byte in 0..<8 {
                    var forged = bytes
                    forged[at + byte] = value
                    IndexFile.seal(&forged)
                    _ = try? find(forged)
                }
            }
        }
    }

    @Test func refusesOtherKindsAndVersions() throws {
        for (at, kind) in [
            (0, "it is no index file"), (8, "it was made by another version"), (20, "it was made by another version"),
        ] {
            var other = bytes
            other[at] ^= 1
            IndexFile.seal(&other)
            #expect(throws: IndexFileError.foreign(kind)) { try IndexFile(bytes: other) }
        }
        #expect(throws: IndexFileError.missing) { try IndexFile(path: "/nonexistent/index") }
        #expect(throws: IndexFileError.foreign("it is no file")) { try IndexFile(path: "/dev/null") }
    }

    /// What the file held is fetched anew, and once only.
    @Test func putsAnotherIndexInItsPlace() throws {
        let count = Count()
        let (damaged, references) = try damagedCodes()
        let all = world.entries(gate: .usualGate)
        func index(_ recover: @escaping @Sendable () throws -> ReferenceIndex) -> ReferenceIndex {
            .stored(
                StoredIndex(
                    file: damaged, references: references, isLeftOut: references.map { _ in false }, gate: .usualGate,
                    added: .flat(FlatIndex(entries: [])), recover: { _ in try recover() }))
        }
        let recovering = index {
            count.add()
            return .flat(FlatIndex(entries: all))
        }
        for _ in 0..<3 { #expect(recovering.search(queries, radius: 31) == expected) }
        #expect(count.value == 1 && recovering.failure == nil)

        let failing = index { throw IndexFileError.missing }
        #expect(failing.search(queries, radius: 31).isEmpty)
        #expect(failing.failure as? IndexFileError == .missing)
    }

    /// Every code is wrong, everything else right.
    private func damagedCodes() throws -> (IndexFile, [StoredReference]) {
        var damaged = bytes
        let sound = try IndexFile(bytes: bytes)
        let checksums = (8 * (bytes.count / 4096) + 4095) / 4096
        for block in 0..<sound.count * 32 / 4096 { damaged[4096 * (1 + checksums + block)] ^= 1 }
        let file = try IndexFile(bytes: damaged)
        return (file, try file.references())
    }

    /// - Returns: whether the damage went unnoticed, and then did no harm.
    private func isUnaffected(_ damaged: [UInt8]) throws -> Bool {
        do { #expect(try find(damaged) == expected) } catch is IndexFileError { return false }
        return true
    }

    private func find(_ bytes: [UInt8]) throws -> [IndexHit] {
        let file = try IndexFile(bytes: bytes)
        let references = try file.references()
        for reference in references where reference.rows.count > 4 {
            _ = try file.frameTimes(reference.rows, gate: .usualGate)
        }
        return try file.search(
            queries, radius: 31, gate: .usualGate, references: references, isLeftOut: references.map { _ in false })
    }
}

private final class Count: @unchecked Sendable {  // on one thread
    private(set) var value = 0
    func add() { value += 1 }
}
