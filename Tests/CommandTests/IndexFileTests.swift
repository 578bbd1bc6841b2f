import Foundation
import GRDB
import TestSupport
import Testing

/// The registry's index file, through the commands.
@Suite struct IndexFileRuns {
    private let ansim = Tool()
    private var index: String { ansim.registry + ".index" }
    private var folder: URL { URL(filePath: ansim.registry).deletingLastPathComponent() }

    /// The samples, and so many hashes of noise that a file is made: they are nobody's.
    private func fillRegistry() throws {
        try ansim.registerSamples()
        let noise = try ansim.folder.write(Data(), to: "noise/keep").deletingLastPathComponent()
        var random = SeededGenerator(seed: 8)
        // 140 pictures of 33 hashes.
        for number in 0..<140 {
            let pixels = (0..<48 * 48).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            try (Data("P5\n48 48\n255\n".utf8) + Data(pixels)).write(to: noise.appending(path: "\(number).pgm"))
        }
        let result = try ansim("register", "--case", "noise", "--keep", "plain", noise.path)
        #expect(result.errors.contains("140 added"), "\(result.errors)")
    }

    private func matches(_ result: CommandResult) throws -> [[String: Any]] {
        try result.records.filter { $0["kind"] as? String == "match" }
    }

    @Test func findTheSameWithAFileAndWithout() throws {
        try fillRegistry()
        #expect(FileManager.default.fileExists(atPath: index))
        #expect(try ansim("registry", "stats").output.contains("index file  4950 hashes"))
        let stored = try ansim("scan", ansim.crawl)
        try FileManager.default.removeItem(atPath: index)
        #expect(try ansim("scan", ansim.crawl).output == stored.output)
        #expect(FileManager.default.fileExists(atPath: index), "a scan makes it when it is missing")
        #expect(try !matches(stored).isEmpty)
    }

    @Test func findWhatIsRegisteredNextAndNothingThatWasRemoved() throws {
        try fillRegistry()
        let made = try Data(contentsOf: URL(filePath: index))
        let file = ansim.crawl + "/board/0010.jpg"
        #expect(try ansim("register", "--case", "new", file).errors.contains("1 added"))
        #expect(try Data(contentsOf: URL(filePath: index)) == made, "the file is left as it is")
        #expect(try matches(ansim("scan", file)).contains { $0["case"] as? String == "new" })
        let ledger = ansim.folder.path + "/ledger"
        _ = try ansim("scan", "--ledger", ledger, file)
        #expect(try matches(ansim("rematch", "--ledger", ledger)).contains { $0["case"] as? String == "new" })

        #expect(try ansim("registry", "remove", "--no-compact", "--case", "new").status == 0)
        #expect(try Data(contentsOf: URL(filePath: index)) == made)
        #expect(try matches(ansim("scan", file)).allSatisfy { $0["case"] as? String != "new" })
        #expect(try matches(ansim("scan", ansim.crawl)).contains { $0["case"] as? String == "demo" })
        #expect(try ansim("registry", "remove", "--no-compact", "--case", "demo").status == 0)
        #expect(try matches(ansim("scan", ansim.crawl)).isEmpty)
        let leftovers = try ansim("registry", "compact")
        #expect(leftovers.status == 0 && leftovers.output.contains("4620 hashes"))
        #expect(try ansim("registry", "verify").output == "The registry is sound.\n")
    }

    /// Of a removed picture no hash is in any file of the folder, neither as it is nor in the index's order of bits.
    @Test func leaveNoHashOfWhatWasRemoved() throws {
        try fillRegistry()
        let hashes = try DatabaseQueue(path: ansim.registry).read { db in
            try Data.fetchAll(db, sql: "SELECT hash FROM referenceHash WHERE referenceID <= 10")
        }
        #expect(hashes.count == 330)
        let before = try contents()
        #expect(hashes.allSatisfy { hash in before.contains { $0.range(of: hash) != nil } })
        let codes = hashes.map { reordered($0) }
        let stored = try Data(contentsOf: URL(filePath: index))
        #expect(codes.allSatisfy { stored.range(of: $0) != nil })
        #expect(try ansim("registry", "remove", "--case", "demo").status == 0)
        let after = try contents()
        for bytes in hashes + codes { #expect(after.allSatisfy { $0.range(of: bytes) == nil }) }
        #expect(try ansim("registry", "stats").output.contains("index file  4620 hashes"))
    }

    @Test func sayThatTheFileIsDamagedAndMakeItAnew() throws {
        try fillRegistry()
        let sound = try Data(contentsOf: URL(filePath: index))
        let expected = try ansim("scan", ansim.crawl).output
        var damaged = sound
        // Every second block behind the checksums, so that any look-up meets one.
        for at in stride(from: 24_576, to: sound.count, by: 8192) { damaged[at] ^= 0x10 }
        try damaged.write(to: URL(filePath: index))
        #expect(try ansim("registry", "verify").status == 1)
        let result = try ansim("scan", ansim.crawl)
        #expect(result.output == expected && result.errors.contains("index file"), "\(result.errors)")
        #expect(try Data(contentsOf: URL(filePath: index)) == sound)
        try Data(sound.prefix(5000)).write(to: URL(filePath: index))
        let second = try ansim("scan", ansim.crawl)
        #expect(second.output == expected && second.errors.contains("It is made anew"))
        #expect(try Data(contentsOf: URL(filePath: index)) == sound)
    }

    /// As where the registry belongs to somebody else.
    @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
    func scanWithoutAFileWhereNoneCanBeWritten() throws {
        try fillRegistry()
        let expected = try ansim("scan", ansim.crawl).output
        try FileManager.default.removeItem(atPath: index)
        try FileManager.default.removeItem(atPath: index + ".lock")
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path) }
        #expect(try ansim("scan", ansim.crawl).output == expected)
        #expect(!FileManager.default.fileExists(atPath: index))
    }

    private func contents() throws -> [Data] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: [.isRegularFileKey])
            .compactMap { FileManager.default.contents(atPath: $0.path) }
    }

    /// The bits of a hash as the index stores them: column j of the 16 x 16 bits turned by its number of rows.
    private func reordered(_ hash: Data) -> Data {
        let turns = [0, 7, 13, 4, 10, 1, 15, 6, 12, 3, 9, 14, 5, 11, 2, 8]
        let bytes = [UInt8](hash)
        var out = [UInt8](repeating: 0, count: 32)
        for row in 0..<16 {
            for column in 0..<16 {
                let from = (row + turns[column]) % 16 * 16 + column
                let to = row * 16 + column
                out[to / 8] |= (bytes[from / 8] >> UInt8(from % 8) & 1) << UInt8(to % 8)
            }
        }
        return Data(out)
    }
}
