import Foundation
import TestSupport
import Testing

/// Files made or found to break decoders; too many and not free enough for the repository.
@Suite(.enabled(if: Paths.shared != nil)) struct HostileMedia {
    private let ansim = Tool()
    private var folder: String { Paths.shared!.appending(path: "media/hostile").path }

    @Test(.timeLimit(.minutes(20))) func endInARecordEachAndTheSameEveryTime() throws {
        try ansim.registerSamples()
        let first = try ansim("scan", "--all", "--quiet", folder)
        #expect(first.status == 2)
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder)
                && !isFolder.boolValue
        }
        let records = try first.records
        #expect(records.filter { $0["kind"] as? String == "item" }.count == files.count)
        #expect(!records.contains { $0["reason"] as? String == "decoderCrashed" })
        for (name, verdict) in bombs(records) { #expect(verdict == "overLimit", "\(name)") }
        let exact = try bombs(ansim("scan", "--all", "--exact", "--quiet", folder + "/bombs").records)
        #expect(exact.count == 8)
        for (name, verdict) in exact { #expect(verdict == "overLimit", "\(name)") }
        #expect(try ansim("scan", "--all", "--quiet", "--workers", "3", folder).output == first.output)
    }

    private func bombs(_ records: [[String: Any]]) -> [(name: String, verdict: String)] {
        records.filter { $0["kind"] as? String == "item" && ($0["path"] as! String).contains("/bombs/bomb_") }
            .map { (String(($0["path"] as! String).split(separator: "/").last!), $0["verdict"] as! String) }
    }
}

@Suite(.enabled(if: Paths.shared != nil)) struct Strangers {
    private let ansim = Tool()

    @Test(.timeLimit(.minutes(20))) func areNotTakenForRegisteredPhotos() throws {
        #expect(
            try ansim("register", "--case", "photos", Paths.shared!.appending(path: "media/photos").path).status != 1)
        let strangers = try ansim("scan", "--quiet", Paths.shared!.appending(path: "media/distractors").path)
        #expect(try strangers.records.allSatisfy { $0["kind"] as? String != "match" })
    }

    /// A fast hash changes no verdict: what comes near the threshold, at any threshold, is hashed exactly.
    @Test(.timeLimit(.minutes(20)), arguments: [10, 31, 80])
    func areTheSameToFastAndExactHashes(threshold: Int) throws {
        let media = Paths.shared!.appending(path: "media")
        try ansim("register", "--case", "photos", "--keep", "crops", media.appending(path: "photos").path)
        func matches(_ mode: [String]) throws -> Set<String> {
            let command =
                ["scan", "--quiet", "--depth", "regions", "--threshold", "\(threshold)"] + mode
                + [media.appending(path: "photos").path, media.appending(path: "distractors").path]
            return try Set(
                ansim(command).records.filter { $0["kind"] as? String == "match" }.map {
                    "\($0["path"]!) \($0["reference"]!) \($0["found"]!)"
                })
        }
        let exact = try matches(["--exact"])
        #expect(try matches([]) == exact && exact.count >= 251)
    }
}
